package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.engine.AuditEngine;
import org.springframework.context.SmartLifecycle;

/** Starts the engine last and stops it gracefully first: its handlers may need any other bean. */
final class EngineLifecycle implements SmartLifecycle {

  private final AuditEngine engine;
  private final boolean autoStartup;
  private volatile boolean running;

  EngineLifecycle(AuditEngine engine, boolean autoStartup) {
    this.engine = engine;
    this.autoStartup = autoStartup;
  }

  @Override
  public void start() {
    engine.start();
    running = true;
  }

  @Override
  public void stop() {
    engine.stop();
    running = false;
  }

  /** Stops in another thread, so that beans of the same phase stop at the same time. */
  @Override
  public void stop(Runnable callback) {
    Thread stopping =
        new Thread(
            () -> {
              try {
                stop();
              } finally {
                callback.run();
              }
            },
            "audit-engine-stop");
    stopping.start();
  }

  /** A round that the application runs is ended before anything else stops, too. */
  @Override
  public boolean isRunning() {
    return running || engine.isWorking();
  }

  @Override
  public boolean isAutoStartup() {
    return autoStartup;
  }
}
