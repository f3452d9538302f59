package io.bpfchain.kernel.object;

import io.bpfchain.kernel.NativeLibrary;
import io.bpfchain.kernel.Privileges;
import io.bpfchain.kernel.object.HelperProcess.End;
import io.bpfchain.kernel.object.ObjectRefusal.Reason;
import io.bpfchain.kernel.object.WireReader.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs the native helper process ({@code bpfchain-elf}): one short life for each object. Whatever the object does to the helper, the
 * result is a value and nothing is left in the kernel or on bpffs.
 */
public final class ObjectHelper {
    private static final String EXECUTABLE = "bpfchain-elf";
    private static final Duration INSPECT_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration LOAD_TIMEOUT = Duration.ofMinutes(3);
    private static final int SIGKILL = 9;
    private static final int SIGSYS = 31;

    private final HelperProcess process;
    private final Duration inspectTimeout;
    private final Duration loadTimeout;

    /** The helper that lies beside the native library, with timeouts that fit objects of a million verified instructions. */
    public ObjectHelper() {
        this(NativeLibrary.directory().resolve(EXECUTABLE), INSPECT_TIMEOUT, LOAD_TIMEOUT);
    }

    /** Another executable or other timeouts. */
    public ObjectHelper(Path executable, Duration inspectTimeout, Duration loadTimeout) {
        this.process = new HelperProcess(executable);
        this.inspectTimeout = inspectTimeout;
        this.loadTimeout = loadTimeout;
    }

    /**
     * Opens an object in a helper process and says what is in it. While libbpf reads the bytes the process has no capabilities, and a
     * filter leaves it no system calls but those for memory and for its answer.
     */
    public InspectOutcome inspect(Path object) {
        End end = process.run(HelperRequest.inspect(object), inspectTimeout);
        if (!(end instanceof End.Answered answered)) {
            return new InspectOutcome.Refused(died("open " + object, end, inspectTimeout));
        }
        try {
            return switch (HelperResponse.inspected(answered.response())) {
                case HelperResponse.Inspected inspected -> checked(object, inspected);
                case HelperResponse.Failed failed ->
                    new InspectOutcome.Refused(OpenRefusals.explainInspection(failed.report(), object)
                            .orElseGet(() -> unexpected("open " + object, failed.report())));
                case HelperResponse.Loaded loaded -> throw new MalformedException("it answers a load");
            };
        } catch (MalformedException e) {
            return new InspectOutcome.Refused(malformed("open " + object, e));
        }
    }

    /**
     * Loads and pins an instance in a helper process. From before the first look at the object to its end, it can make maps and
     * programs and pin them in one new directory, and little else ({@code docs/security.md}); that directory gets its final name here,
     * when everything in it is what was asked for. The caller is the only writer beside the pin directory.
     */
    public LoadOutcome load(LoadRequest request) {
        Path unfinished = PinDirectories.unfinished(request.pinDirectory());
        try {
            if (Files.exists(request.pinDirectory())) {
                return refused(
                        Reason.Failed,
                        "load %s: the pin directory %s exists already"
                                .formatted(request.object(), request.pinDirectory()),
                        "Load under another instance name, or remove what is pinned there.");
            }
            PinDirectories.remove(unfinished);
            try {
                return loadInto(unfinished, request);
            } finally {
                PinDirectories.remove(unfinished);
            }
        } catch (IOException e) {
            return refused(
                    Reason.Failed,
                    "load %s: %s".formatted(request.object(), e),
                    "Check the bpffs at %s.".formatted(request.pinDirectory().getParent()));
        }
    }

    private LoadOutcome loadInto(Path unfinished, LoadRequest request) throws IOException {
        String what = "load " + request.object();
        End end = process.run(HelperRequest.load(request, unfinished), loadTimeout);
        if (!(end instanceof End.Answered answered)) {
            return new LoadOutcome.Refused(died(what, end, loadTimeout));
        }
        try {
            return switch (HelperResponse.loaded(answered.response())) {
                case HelperResponse.Loaded loaded -> published(unfinished, request, loaded);
                case HelperResponse.Failed failed ->
                    new LoadOutcome.Refused(withLog(request, failed.report(), explain(request, failed.report())));
                case HelperResponse.Inspected inspected -> throw new MalformedException("it answers an inspection");
            };
        } catch (MalformedException e) {
            return new LoadOutcome.Refused(malformed(what, e));
        }
    }

    private static LoadOutcome published(Path unfinished, LoadRequest request, HelperResponse.Loaded loaded)
            throws MalformedException, IOException {
        new PinnedLoad(unfinished, request, loaded).check();
        if (Files.exists(request.pinDirectory())) {
            return new LoadOutcome.Refused(
                    LoadRefusals.cannotPin(request.pinDirectory().toString(), "EEXIST"));
        }
        Files.move(unfinished, request.pinDirectory(), StandardCopyOption.ATOMIC_MOVE);
        return new LoadOutcome.Loaded(loaded.programIds(), loaded.mapIds());
    }

    private ObjectRefusal explain(LoadRequest request, HelperReport report) {
        Optional<ObjectRefusal> opening = OpenRefusals.explain(report, request.object());
        if (opening.isPresent()) {
            return opening.get();
        }
        // The numbers of maps and the names of functions make the message useful; the object has been opened before.
        Optional<ObjectInfo> object = switch (inspect(request.object())) {
            case InspectOutcome.Inspected inspected -> Optional.of(inspected.object());
            case InspectOutcome.Refused refused -> Optional.empty();
        };
        return new LoadRefusals(request, report, object, Privileges::read).explain();
    }

    private static ObjectRefusal withLog(LoadRequest request, HelperReport report, ObjectRefusal refusal)
            throws IOException {
        if (report.log().isEmpty()) {
            return refusal;
        }
        Files.createDirectories(request.logDirectory());
        Path file = request.logDirectory().resolve(request.pinDirectory().getFileName() + ".verifier.log");
        Files.writeString(file, report.log());
        return new ObjectRefusal(
                refusal.reason(), refusal.message() + "\n  full log: " + file, refusal.remedy(), Optional.of(file));
    }

    private static InspectOutcome checked(Path object, HelperResponse.Inspected inspected) {
        if (inspected.trap().isPresent()) {
            return new InspectOutcome.Refused(new ObjectRefusal(
                    Reason.Unsupported,
                    "open %s: %s, which crashes some kernels"
                            .formatted(object, inspected.trap().get()),
                    "Keep that state in another map, for example a hash by bpf_skb_cgroup_id().",
                    Optional.empty()));
        }
        if (!inspected.object().functions().isEmpty()) {
            return new InspectOutcome.Inspected(inspected.object());
        }
        return new InspectOutcome.Refused(new ObjectRefusal(
                Reason.NotAnObject,
                "open %s: it holds no BPF program".formatted(object),
                "Put a function into a program section, for example SEC(\"cgroup_skb/egress\").",
                Optional.empty()));
    }

    private static ObjectRefusal died(String what, End end, Duration timeout) {
        return switch (end) {
            case End.Killed(int signal, String said) ->
                signal == SIGSYS ? stopped(what, said) : crashed(what, signal, said);
            case End.TimedOut() ->
                new ObjectRefusal(
                        Reason.HelperTimedOut,
                        "%s: not done after %s".formatted(what, text(timeout)),
                        "Make the programs simpler to verify, or try again when the machine has less to do.",
                        Optional.empty());
            case End.Broken(String how) ->
                new ObjectRefusal(
                        Reason.Failed,
                        "%s: the helper process failed: %s".formatted(what, how),
                        "Check that %s and its libraries lie in the directory that %s names."
                                .formatted(EXECUTABLE, NativeLibrary.PROPERTY),
                        Optional.empty());
            case End.Answered answered -> throw new IllegalArgumentException("it answered");
        };
    }

    private static ObjectRefusal crashed(String what, int signal, String said) {
        return new ObjectRefusal(
                Reason.HelperCrashed,
                signal == SIGKILL
                        ? what + ": the helper process was killed by SIGKILL, for example for lack of memory"
                        : "%s: libbpf crashed on this object (signal %d) %s"
                                .formatted(what, signal, said)
                                .strip(),
                "The object is damaged or made to harm; build it again from its source.",
                Optional.empty());
    }

    private static ObjectRefusal stopped(String what, String said) {
        return new ObjectRefusal(
                Reason.HelperStopped,
                "%s: the helper process was stopped because it attempted what no loading needs (%s)"
                        .formatted(what, said.isEmpty() ? "an unknown system call" : said),
                "Either the object is made to harm, then find out where it comes from; or a library of this machine works in a way"
                        + " that bpfchain does not know, then every object fails like this: report it with this message and uname -a.",
                Optional.empty());
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    private static ObjectRefusal malformed(String what, MalformedException e) {
        return new ObjectRefusal(
                Reason.NotAnObject,
                "%s: what the helper process found in it makes no sense: %s".formatted(what, e.getMessage()),
                "The object is damaged or made to harm; build it again from its source.",
                Optional.empty());
    }

    private static ObjectRefusal unexpected(String what, HelperReport report) {
        return new ObjectRefusal(
                Reason.Failed,
                "%s: %s (%s) %s"
                        .formatted(what, report.failure(), OpenRefusals.errorName(report.error()), report.subject())
                        .strip(),
                "Report this with the object.",
                Optional.empty());
    }

    private static LoadOutcome refused(Reason reason, String message, String remedy) {
        return new LoadOutcome.Refused(new ObjectRefusal(reason, message, remedy, Optional.empty()));
    }
}
