package io.ratelimit.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.ManagerSeen;
import io.ratelimit.cli.watch.Monitor;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.cli.web.BrowserGuard;
import io.ratelimit.cli.web.Dashboard;
import io.ratelimit.cli.web.WebServer;
import io.ratelimit.cli.web.WebToken;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A queue in memory, under time that a test lets go by, with a dashboard. */
public final class ShownQueue implements AutoCloseable {

  public static final WebToken TOKEN = WebToken.of("a-token-for-tests");

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(50).perMinute().withBurst(50)).time(time).build();
  private final Watch watch;
  private final Dashboard dashboard;
  private final WebServer server;
  private final ShownManagers managers = new ShownManagers();
  private final ShownOthers others = new ShownOthers();
  private ManagerSeen manager = new ManagerSeen.None();
  private Optional<String> away = Optional.empty();

  private ShownQueue(String name, int port, Optional<WebToken> token) {
    watch =
        new Watch(
            new Monitor(name, thatMayBeAway()), () -> manager, Optional.of(managers), PAUSE, time);
    others.add(name, queue);
    dashboard =
        new Dashboard(
            name,
            new KeptQueue(queue, others.rounds(name)),
            others.source(),
            BrowserGuard.allowing(Stream.of("audits.example")),
            token,
            time);
    server = WebServer.start(WebServer.LOOPBACK, port, List.of(dashboard));
  }

  /** One whose failed events come back for whoever knows {@link #TOKEN}. */
  public static ShownQueue open() {
    return at(0);
  }

  /** The same at a port. */
  public static ShownQueue at(int port) {
    return new ShownQueue("audits", port, Optional.of(TOKEN));
  }

  /** The same with another name. */
  public static ShownQueue named(String name) {
    return new ShownQueue(name, 0, Optional.of(TOKEN));
  }

  /** One that nobody can change. */
  public static ShownQueue readOnly() {
    return new ShownQueue("audits", 0, Optional.empty());
  }

  /** The queues beside it. */
  public ShownOthers others() {
    return others;
  }

  /** The managers and workers beside the queue. */
  public ShownManagers managers() {
    return managers;
  }

  /** The rounds that are kept of it. */
  public InMemoryRoundHistory rounds() {
    return others.rounds(watch.queueName());
  }

  public InMemoryEventQueue queue() {
    return queue;
  }

  public int port() {
    return server.port();
  }

  public String url(String path) {
    return server.url() + path;
  }

  /** Where the page is for who may change something. */
  public String urlWithToken() {
    return url("/#token=" + TOKEN.secret());
  }

  public void publish(String id, String wallet) {
    queue.publish(AuditEvent.of(id, EventType.NEW_BALANCE_UPDATE, wallet));
  }

  /** Takes the event that is first; it is the only one, or the test does not care. */
  public Lease take() {
    TakeRequest request = TakeRequest.one("take-" + time.now(), "w", Duration.ofMinutes(1));
    time.advance(Duration.ofMillis(1));
    return ((TakeResult.Taken) queue.take(request)).leases().get(0);
  }

  public void finish(Lease lease) {
    assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
  }

  /** Has an event given up. */
  public void fail(String id, String wallet, String reason) {
    publish(id, wallet);
    assertThat(queue.fail(take(), reason)).isEqualTo(Settlement.SETTLED);
  }

  public void manager(ManagerStatus status) {
    manager = new ManagerSeen.Answering("audit-1", status);
  }

  /** Has the manager be as it is seen. */
  public void manager(ManagerSeen seen) {
    manager = seen;
  }

  /** Lets a second go by, and tells the browsers how things are. */
  public void show() {
    time.advance(Duration.ofSeconds(1));
    away = Optional.empty();
    Picture unused = watch.look();
    dashboard.show(watch);
  }

  /** Tells the browsers that the queue cannot be read. */
  public void showAway(String why) {
    away = Optional.of(why);
    assertThatThrownBy(watch::look).isInstanceOf(QueueUnavailableException.class);
    dashboard.show(watch);
  }

  /** Lets time go by while the queue does not answer, and tells the browsers. */
  public void showHung(Duration duration) {
    time.advance(duration);
    dashboard.show(watch);
  }

  private EventQueue thatMayBeAway() {
    return (EventQueue)
        Proxy.newProxyInstance(
            EventQueue.class.getClassLoader(),
            new Class<?>[] {EventQueue.class},
            (proxy, method, arguments) -> {
              if (away.isPresent()) {
                throw new QueueUnavailableException(
                    away.get(), new IllegalStateException("no route"));
              }
              return method.invoke(queue, arguments);
            });
  }

  @Override
  public void close() {
    server.close();
  }
}
