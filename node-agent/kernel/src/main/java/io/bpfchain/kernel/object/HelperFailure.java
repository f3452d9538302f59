package io.bpfchain.kernel.object;

import java.util.Arrays;
import java.util.Optional;

/** What the helper process says went wrong; the numbers are those of {@code enum failure} in {@code elf/wire.h}. */
enum HelperFailure {
    BAD_REQUEST(1),
    CANNOT_READ(2),
    TOO_LARGE(3),
    NOT_ELF(4),
    WRONG_MACHINE(5),
    BIG_ENDIAN_OBJECT(6),
    NOT_RELOCATABLE(7),
    CANNOT_OPEN(8),
    NO_FUNCTION(9),
    NO_MAP(10),
    CANNOT_REUSE(11),
    WRONG_VALUE_SIZE(12),
    CANNOT_LOAD(13),
    CANNOT_IDENTIFY(14),
    CANNOT_PIN(15),
    OUT_OF_MEMORY(16),
    REUSED_STATIC_MAP(17),
    CANNOT_CONFINE(18);

    private final int code;

    HelperFailure(int code) {
        this.code = code;
    }

    static Optional<HelperFailure> ofCode(int code) {
        return Arrays.stream(values()).filter(f -> f.code == code).findFirst();
    }
}
