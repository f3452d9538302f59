package io.bpfchain.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LoggingEventAware;

class ChangeLogTest {
    private final List<String> lines = new ArrayList<>();
    private final ChangeLog log = new ChangeLog(new Recording());

    @Test
    void saysAWarningOnceForAsLongAsItIsGiven() {
        ApplyOutcome warned = new ApplyOutcome.Refused(List.of(), List.of("An earlier change could not be finished."));
        ApplyOutcome fine = new ApplyOutcome.Done(List.of(), List.of());

        for (ApplyOutcome outcome : List.of(warned, warned, fine, warned)) {
            log.tried(List.of("a", "b"), outcome);
        }

        String line = "WARN [chains=\"a, b\", warning=\"An earlier change could not be finished.\"]";
        assertThat(lines).containsExactly(line, line);
    }

    private final class Recording extends LegacyAbstractLogger implements LoggingEventAware {
        private static final long serialVersionUID = 1L;

        @Override
        public void log(LoggingEvent event) {
            lines.add(event.getLevel() + " " + event.getKeyValuePairs());
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String message, Object[] arguments, Throwable throwable) {
            throw new AssertionError("the fluent way is used");
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return "";
        }

        @Override
        public boolean isTraceEnabled() {
            return true;
        }

        @Override
        public boolean isDebugEnabled() {
            return true;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
