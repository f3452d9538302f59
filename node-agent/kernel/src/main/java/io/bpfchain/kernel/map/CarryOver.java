package io.bpfchain.kernel.map;

import java.util.List;
import java.util.Objects;

/** Whether the live map of an older version can serve a newer one. */
public sealed interface CarryOver {
    /**
     * Equal in everything that the kernel and the programs see: kept unless the chain says Fresh.
     *
     * @param notes whole sentences worth showing
     */
    record Compatible(List<String> notes) implements CarryOver {
        public Compatible {
            notes = List.copyOf(notes);
        }
    }

    /**
     * The definitions agree as far as can be seen, but not all that matters can be: kept only where the chain says Keep.
     *
     * @param reason a whole sentence
     */
    record OnlyIfChosen(String reason) implements CarryOver {
        public OnlyIfChosen {
            Objects.requireNonNull(reason);
        }
    }

    /**
     * The new program would misread it or could not use it: Keep is refused, Fresh is the remedy.
     *
     * @param what whole sentences, at least one
     */
    record Different(List<String> what) implements CarryOver {
        public Different {
            what = List.copyOf(what);
        }
    }

    /**
     * Maps of this kind belong to one version: always fresh, Keep is refused.
     *
     * @param reason a whole sentence
     */
    record Never(String reason) implements CarryOver {
        public Never {
            Objects.requireNonNull(reason);
        }
    }
}
