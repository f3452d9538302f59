package io.bpfchain.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts the operator and ends it when it is told to, or when it does not lead any more. */
public final class Main {
    private static final int INVALID = 2;

    private Main() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        switch (OperatorConfiguration.read(System.getenv())) {
            case OperatorConfiguration.Result.Invalid invalid -> {
                invalid.problems().forEach(System.err::println);
                System.exit(INVALID);
            }
            case OperatorConfiguration.Result.Valid(OperatorConfiguration configuration) -> run(configuration);
        }
    }

    private static void run(OperatorConfiguration configuration) throws IOException, InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger code = new AtomicInteger();
        try (KubernetesClient client = new KubernetesClientBuilder().build();
                OperatorProcess process = OperatorProcess.start(configuration, client, Clock.systemUTC(), () -> {
                    code.set(1);
                    end.countDown();
                })) {
            Runtime.getRuntime().addShutdownHook(new Thread(process::close, "stop"));
            end.await();
        }
        System.exit(code.get());
    }
}
