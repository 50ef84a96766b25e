package io.ratelimit.cli.web;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream of news for any number of browsers, as server-sent events. Each browser first gets the
 * kept points of the past, as {@code history}, and then the latest news whenever there is any: a
 * slow reader misses what came in between, and delays nobody. Texts are JSON without line breaks.
 * Thread-safe.
 */
final class LiveFeed implements AutoCloseable {

  /** The number of points of the past that are kept. */
  static final int POINTS = 600;

  private static final String CONTENT_TYPE = "text/event-stream; charset=utf-8";
  private static final int RECONNECT_MILLIS = 1_000;
  private static final long HEARTBEAT_SECONDS = 10;

  /** The browser that requested a new feed starts to listen before this many items were sent. */
  private static final int GRACE = 5;

  private static final String HEARTBEAT = ": still here\n\n";

  private record News(long number, String event, String json) {
    boolean isEnd() {
      return number == Long.MAX_VALUE;
    }
  }

  private static final News END = new News(Long.MAX_VALUE, "", "");

  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Listeners listeners;
  private final Deque<String> points = new ArrayDeque<>();
  private News latest = new News(0, "", "");
  private int hearing;
  private boolean closed;

  /**
   * Creates a feed without a past.
   *
   * @param listeners the browsers that listen to all streams of the server
   */
  LiveFeed(Listeners listeners) {
    this.listeners = listeners;
  }

  /**
   * Sends news.
   *
   * @param event the kind of news
   * @param json the news
   * @param point what to keep of it
   */
  void tell(String event, String json, String point) {
    lock.lock();
    try {
      points.addLast(point);
      if (points.size() > POINTS) {
        points.removeFirst();
      }
      tell(event, json);
    } finally {
      lock.unlock();
    }
  }

  /** Sends news that belongs to no point in time worth keeping. */
  void tell(String event, String json) {
    lock.lock();
    try {
      latest = new News(latest.number() + 1, event, json);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Answers a request with the stream; returns when the browser has gone or this feed is closed.
   */
  void serve(Context context) {
    if (!listeners.enter(context.ip())) {
      context
          .status(HttpStatus.SERVICE_UNAVAILABLE)
          .header("Retry-After", "10")
          .result(
              "Too many browsers listen; at most "
                  + Listeners.MOST
                  + " can, "
                  + Listeners.MOST_OF_AN_ADDRESS
                  + " from one address.");
      return;
    }
    hear(1);
    try {
      context.res().setContentType(CONTENT_TYPE);
      // Not the framework's result, whose end the framework would wait for.
      stream(context.res().getOutputStream());
    } catch (IOException gone) {
      // The browser has gone and needs no answer.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      hear(-1);
      listeners.leave(context.ip());
    }
  }

  /** Returns whether a browser listens, or may be about to because the feed is new. */
  boolean isHeard() {
    lock.lock();
    try {
      return hearing > 0 || latest.number() < GRACE;
    } finally {
      lock.unlock();
    }
  }

  private void hear(int more) {
    lock.lock();
    try {
      hearing += more;
    } finally {
      lock.unlock();
    }
  }

  private void stream(OutputStream browser) throws IOException, InterruptedException {
    News last;
    String past;
    lock.lock();
    try {
      last = latest;
      past = '[' + String.join(",", points) + ']';
    } finally {
      lock.unlock();
    }
    write(browser, "retry: " + RECONNECT_MILLIS + "\n" + message("history", past));
    if (last.number() > 0) {
      write(browser, message(last.event(), last.json()));
    }
    for (News next = after(last); !next.isEnd(); next = after(last)) {
      boolean isNews = next.number() > last.number();
      write(browser, isNews ? message(next.event(), next.json()) : HEARTBEAT);
      last = next;
    }
  }

  /** Returns the latest news if it is new, or the same news again after a long silence. */
  private News after(News last) throws InterruptedException {
    long nanos = TimeUnit.SECONDS.toNanos(HEARTBEAT_SECONDS);
    lock.lock();
    try {
      while (!closed && latest.number() == last.number() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return closed ? END : latest;
    } finally {
      lock.unlock();
    }
  }

  private static String message(String event, String json) {
    return "event: " + event + "\ndata: " + json + "\n\n";
  }

  private static void write(OutputStream browser, String text) throws IOException {
    browser.write(text.getBytes(StandardCharsets.UTF_8));
    browser.flush();
  }

  /** Ends all streams; nobody hears news after that. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
