package io.bpfchain.agent.log;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Found by SLF4J through its service loader. The system property {@value #FORMAT} chooses the form: {@code plain} or {@code json}. */
public final class LineLogging implements SLF4JServiceProvider {
    /** Read when the first logger is made. */
    public static final String FORMAT = "bpfchain.log.format";

    /** Warns once that bpfchain's version is an alpha, which nobody who reads it can change. */
    private static final String VERSION_USAGE = "io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils";

    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, LineLogging::logger);
    }

    private static Logger logger(String name) {
        return name.equals(VERSION_USAGE)
                ? NOPLogger.NOP_LOGGER
                : new LineLogger(
                        name,
                        "json".equals(System.getProperty(FORMAT)) ? LineForm.JSON : LineForm.PLAIN,
                        Clock.systemUTC(),
                        System.err);
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}
}
