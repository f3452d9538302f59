package io.bpfchain.agent.log;

import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/** Writes INFO and above, one line each. */
final class LineLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1L;

    private final transient LineForm form;
    private final transient Clock clock;
    private final transient PrintStream to;

    LineLogger(String name, LineForm form, Clock clock, PrintStream to) {
        this.name = name;
        this.form = form;
        this.clock = clock;
        this.to = to;
    }

    @Override
    public void log(LoggingEvent event) {
        List<KeyValuePair> pairs = new ArrayList<>(Objects.requireNonNullElse(event.getKeyValuePairs(), List.of()));
        write(event.getLevel(), event.getMessage(), event.getArgumentArray(), event.getThrowable(), pairs);
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String message,
            Object @Nullable [] arguments,
            @Nullable Throwable throwable) {
        write(level, message, arguments, throwable, new ArrayList<>());
    }

    private void write(
            Level level,
            @Nullable String message,
            Object @Nullable [] arguments,
            @Nullable Throwable throwable,
            List<KeyValuePair> pairs) {
        if (level.toInt() < Level.INFO.toInt()) {
            return;
        }
        if (throwable != null) {
            pairs.add(new KeyValuePair("error", throwable.toString()));
        }
        String text = String.valueOf(MessageFormatter.basicArrayFormat(message, arguments));
        to.println(form.line(clock.instant(), level, text, pairs));
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
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
