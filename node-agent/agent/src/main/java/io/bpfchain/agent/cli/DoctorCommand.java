package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.DiagnosisText;
import io.bpfchain.agent.doctor.Diagnosis;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** {@code bpfchain doctor}. */
final class DoctorCommand implements Callable<Integer> {
    private final Session session;

    private final OutputOption output = new OutputOption();

    DoctorCommand(Session session) {
        this.session = session;
    }

    CommandLine line() {
        return new Described(
                        "doctor",
                        this,
                        "Shows what this kernel and these privileges can and cannot do, with remedies. Changes nothing.",
                        "Ends with 0 when everything that work needs is there, otherwise with 1.")
                .takes(output.option())
                .examples("  bpfchain doctor", "  bpfchain doctor -o json")
                .line();
    }

    @Override
    public Integer call() {
        Diagnosis diagnosis = session.machine().diagnose(session.global().settings());
        session.show(
                output,
                () -> DiagnosisText.text(diagnosis, session.console().outPaint()),
                () -> DiagnosisText.document(diagnosis));
        return (diagnosis.canWork() ? ExitCode.DONE : ExitCode.FAILED).number();
    }
}
