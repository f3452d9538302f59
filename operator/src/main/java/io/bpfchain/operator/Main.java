package io.bpfchain.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the operator and ends it when it is told to, or when it does not lead any more. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int FAILED = 1;
    private static final int INVALID = 2;

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        switch (OperatorConfiguration.read(System.getenv())) {
            case OperatorConfiguration.Result.Invalid invalid -> {
                invalid.problems().forEach(System.err::println);
                System.exit(INVALID);
            }
            case OperatorConfiguration.Result.Valid(OperatorConfiguration configuration) ->
                System.exit(run(configuration));
        }
    }

    /** Runs until the end; returns the status to exit with, because threads that others started would keep the process. */
    private static int run(OperatorConfiguration configuration) throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger code = new AtomicInteger();
        try (KubernetesClient client = new KubernetesClientBuilder().build();
                OperatorProcess process = OperatorProcess.start(configuration, client, Clock.systemUTC(), () -> {
                    code.set(FAILED);
                    end.countDown();
                })) {
            Runtime.getRuntime().addShutdownHook(new Thread(process::close, "stop"));
            end.await();
            return code.get();
        } catch (IOException | RuntimeException e) {
            LOG.atError().setCause(e).log("the operator could not start or stop; the process ends");
            return FAILED;
        }
    }
}
