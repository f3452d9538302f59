package io.bpfchain.agent.cluster;

import io.bpfchain.agent.cluster.ClusterApi.NodeObject;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What other threads tell the agent's one thread, in the order in which it came. */
public final class Inbox {
    private final BlockingQueue<News> queue = new LinkedBlockingQueue<>();

    /** What came. */
    public sealed interface News {
        record ObjectSeen(NodeObject object) implements News {}

        /** The API server has answered. */
        record Listed() implements News {}

        /** The node's object was deleted. */
        record ObjectGone() implements News {}

        record ApiAway(String why) implements News {}

        /** Other pods or namespaces, or other labels. */
        record PodsChanged() implements News {}

        record CgroupsChanged(WatchKey key) implements News {}

        record Stop() implements News {}
    }

    void put(News news) {
        queue.add(news);
    }

    /** Hands on what a watch service tells, until it is closed. */
    Thread forward(WatchService service) {
        return Thread.ofPlatform().daemon().name("cgroups").start(() -> {
            try {
                while (true) {
                    put(new News.CgroupsChanged(service.take()));
                }
            } catch (ClosedWatchServiceException e) {
                // The agent stops.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** All that came; waits for the first. */
    List<News> await(Duration longest) throws InterruptedException {
        List<News> news = new ArrayList<>();
        News first = queue.poll(Math.max(0, longest.toMillis()), TimeUnit.MILLISECONDS);
        if (first != null) {
            news.add(first);
            queue.drainTo(news);
        }
        return news;
    }
}
