package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.Paint;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import picocli.CommandLine;

/** The command tree for tests that look at it and run nothing. */
final class CommandTree {
    private CommandTree() {}

    static CommandLine ofFakes() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return Main.commandLine(new Session(
                new Console(InputStream.nullInputStream(), nowhere, nowhere, Paint.PLAIN, Paint.PLAIN, false),
                new FakeMachine(new FakeHost(FakeHost.Mood.IS_EMPTY), false),
                access -> new FakeFleet(),
                new GlobalOptions(),
                Clock.systemUTC()));
    }
}
