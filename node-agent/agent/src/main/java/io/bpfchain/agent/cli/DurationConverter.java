package io.bpfchain.agent.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as Kubernetes users write them: {@code 500ms}, {@code 5s}, {@code 2m}; at least a millisecond, at most an hour. */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

    @Override
    public Duration convert(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration duration = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
            if (duration.isPositive() && duration.compareTo(Duration.ofHours(1)) <= 0) {
                return duration;
            }
        }
        throw new TypeConversionException(
                "'" + text + "' is not a duration between 1ms and 60m, such as 500ms, 5s or 1m");
    }
}
