package io.ratelimit.benchmarks.faults;

import static io.ratelimit.benchmarks.faults.judge.Allowance.ATTEMPTS_FORGOTTEN;
import static io.ratelimit.benchmarks.faults.judge.Allowance.CLOCK_WRONG;
import static io.ratelimit.benchmarks.faults.judge.Allowance.COUNTERS_LOST;
import static io.ratelimit.benchmarks.faults.judge.Allowance.EVENTS_LOST;
import static io.ratelimit.benchmarks.faults.judge.Allowance.EVENTS_SEEN_LOST;
import static io.ratelimit.benchmarks.faults.judge.Allowance.LIMIT_LOST;

import io.ratelimit.benchmarks.faults.Fault.Named;
import io.ratelimit.benchmarks.faults.Fault.Recovery;
import io.ratelimit.benchmarks.faults.Fault.Setup;
import io.ratelimit.benchmarks.faults.Fault.Step;
import io.ratelimit.benchmarks.faults.judge.Resp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** All faults of the matrix. */
final class Faults {

  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofSeconds(6);
  private static final Duration BEYOND_LEASE = LoadProcess.LEASE.plusSeconds(2);
  private static final Duration FAR = Duration.ofMinutes(10);
  private static final Duration GLITCH = Duration.ofMillis(1_500);
  private static final Duration TO_FAIL_OVER = Duration.ofSeconds(1);
  // A replica that takes over waits for a window, and must start something in the next.
  private static final Duration BEYOND_WINDOW = LoadProcess.PERIOD.plusMillis(1_500);
  private static final Duration LAG = Duration.ofMillis(700);
  private static final long SLOW_MILLIS = 150;
  private static final long TOO_SLOW_MILLIS = 3_000;
  private static final int EACH_REPLY = 20;
  // Each takes half a millisecond, as configured in the server.
  private static final String FILL =
      "for n = 1, 8000 do redis.call('SET', 'filler:' .. n, n) end return 1";
  // A port without a server.
  private static final String NOBODY = "1";

  private static final Setup REPLICA = new Setup(List.of(), "", true, false, Named.NONE);

  /** A replica that refuses calls while the link to its master is down. */
  private static final Setup HONEST_REPLICA =
      new Setup(List.of("replica-serve-stale-data no"), "", true, false, Named.NONE);

  private static final Setup CLOCK = new Setup(List.of(), "", false, true, Named.NONE);
  private static final Setup PASSWORD =
      new Setup(List.of("requirepass first"), ":first@", false, false, Named.NONE);
  private static final Setup USER =
      new Setup(
          List.of("user worker on >secret ~* &* +@all"),
          "worker:secret@",
          false,
          false,
          Named.NONE);

  /** The faults of a short run. */
  static final Set<String> SHORT_RUN =
      Set.of(
          "kill-one",
          "terminate-one",
          "aof-restart",
          "flush-all",
          "limits-flush-all",
          "limits-kill-one",
          "scope-kill-one",
          "client-kill",
          "password-change");

  static List<Fault> all() {
    List<Fault> faults = new ArrayList<>();
    faults.addAll(ofProcesses());
    faults.addAll(ofRedis());
    faults.addAll(ofReplicas());
    faults.addAll(ofConnections());
    faults.addAll(ofAccess());
    faults.addAll(ofTheClock());
    faults.addAll(ofKeys());
    faults.addAll(ofLimits());
    faults.addAll(ofScopes());
    return List.copyOf(faults);
  }

  private static List<Fault> ofProcesses() {
    return List.of(
        Fault.of(
                "kill-one",
                "one process: kill -9; another starts",
                SHORT,
                Faults::killOne,
                scene -> scene.startLoads(1))
            .with(Recovery.DESPITE),
        Fault.of(
            "kill-all",
            "all processes: kill -9; three others start",
            SHORT,
            scene -> {
              for (Load load : scene.working()) {
                scene.dismiss(load);
                load.kill();
              }
            },
            scene -> scene.startLoads(Scene.PROCESSES)),
        Fault.of(
                "suspend-one",
                "one process: SIGSTOP beyond its leases",
                BEYOND_LEASE,
                scene -> scene.victim().suspend(),
                scene -> scene.victim().resume())
            .with(Recovery.MEANWHILE),
        Fault.of(
            "suspend-all",
            "all processes: SIGSTOP beyond their leases",
            BEYOND_LEASE,
            scene -> scene.working().forEach(Load::suspend),
            scene -> scene.working().forEach(Load::resume)),
        Fault.of(
                "terminate-one",
                "one process: SIGTERM; another starts",
                SHORT,
                scene -> {
                  Load victim = scene.victim();
                  scene.dismiss(victim);
                  victim.terminate();
                },
                scene -> scene.startLoads(1))
            .with(Recovery.DESPITE));
  }

  private static List<Fault> ofRedis() {
    return List.of(
        Fault.of(
                "aof-restart",
                "Redis: stopped, started with its AOF (always)",
                SHORT,
                scene -> scene.primary().stop(),
                scene -> scene.primary().startAgain())
            .with(Setup.settings("appendonly yes", "appendfsync always")),
        Fault.of(
                "aof-crash",
                "Redis: kill -9, started with its AOF (everysec)",
                SHORT,
                scene -> scene.primary().kill(),
                scene -> scene.primary().startAgain())
            .with(Setup.settings("appendonly yes", "appendfsync everysec"))
            .allowing(EVENTS_LOST, LIMIT_LOST),
        Fault.of(
                "slow-restart",
                "Redis: kill -9, started with an AOF that it reads for 4 s (LOADING)",
                AT_ONCE,
                scene -> {
                  scene.primary().tell("EVAL", FILL, "0");
                  scene.primary().kill();
                  scene.primary().startAgain();
                },
                Step.NOTHING)
            .with(
                Setup.settings(
                    "appendonly yes",
                    "appendfsync always",
                    "key-load-delay 500",
                    "loading-process-events-interval-bytes 1024")),
        Fault.of(
                "empty-restart",
                "Redis: kill -9, started empty",
                SHORT,
                scene -> scene.primary().kill(),
                scene -> scene.primary().startAgain())
            .allowing(EVENTS_LOST, LIMIT_LOST),
        Fault.of(
                "snapshot-restart",
                "Redis: kill -9, started with a snapshot 2 s old",
                SHORT,
                scene -> {
                  scene.primary().tell("SAVE");
                  Scene.sleep(SHORT);
                  scene.primary().kill();
                },
                scene -> scene.primary().startAgain())
            .allowing(EVENTS_LOST, LIMIT_LOST),
        Fault.of(
            "redis-suspended",
            "Redis: SIGSTOP for 6 s",
            LONG,
            scene -> scene.primary().suspend(),
            scene -> scene.primary().resume()),
        Fault.of(
                "flush-all",
                "Redis: FLUSHALL",
                AT_ONCE,
                scene -> scene.primary().tell("FLUSHALL"),
                Step.NOTHING)
            .with(Recovery.DESPITE)
            .allowing(EVENTS_LOST, LIMIT_LOST),
        Fault.of(
                "memory-full",
                "Redis: maxmemory reached, noeviction",
                LONG,
                scene -> {
                  scene.primary().tell("CONFIG", "SET", "maxmemory-policy", "noeviction");
                  scene.primary().tell("CONFIG", "SET", "maxmemory", "1");
                },
                scene -> scene.primary().tell("CONFIG", "SET", "maxmemory", "0"))
            .with(Recovery.MEANWHILE),
        Fault.of(
                "script-flush",
                "Redis: SCRIPT FLUSH, again and again",
                LONG,
                Step.NOTHING,
                Step.NOTHING)
            .repeating(scene -> scene.primary().tell("SCRIPT", "FLUSH"))
            .with(Recovery.MEANWHILE));
  }

  private static List<Fault> ofReplicas() {
    return List.of(
        Fault.of(
                "failover",
                "master: kill -9; its replica takes over",
                TO_FAIL_OVER,
                scene -> {
                  scene.awaitReplica();
                  scene.primary().kill();
                },
                scene -> {
                  scene.replica().tell("REPLICAOF", "NO", "ONE");
                  scene.proxy().retarget(scene.replica().port());
                  scene.proxy().disconnect();
                })
            .with(REPLICA)
            .allowing(EVENTS_LOST, LIMIT_LOST),
        Fault.of(
                "failback",
                "master → lagging replica, for 3.5 s → the first master again",
                BEYOND_WINDOW,
                scene -> {
                  scene.awaitReplica();
                  scene.replica().tell("REPLICAOF", "NO", "ONE");
                  Scene.sleep(LAG);
                  scene.proxy().retarget(scene.replica().port());
                  scene.proxy().disconnect();
                },
                scene -> {
                  scene.proxy().retarget(scene.primary().port());
                  scene.proxy().disconnect();
                })
            .with(REPLICA)
            .allowing(EVENTS_LOST, LIMIT_LOST),
        Fault.of(
                "replica-alone",
                "the address leads to a replica without its master for 6 s (MASTERDOWN)",
                LONG,
                scene -> {
                  scene.awaitReplica();
                  scene.replica().tell("REPLICAOF", "127.0.0.1", NOBODY);
                  scene.proxy().retarget(scene.replica().port());
                  scene.proxy().disconnect();
                },
                scene -> {
                  scene.proxy().retarget(scene.primary().port());
                  scene.proxy().disconnect();
                })
            .with(HONEST_REPLICA),
        Fault.of(
                "role-swap",
                "master and replica swap behind one address; connections stay",
                AT_ONCE,
                scene -> {
                  scene.awaitReplica();
                  scene.replica().tell("REPLICAOF", "NO", "ONE");
                  scene
                      .primary()
                      .tell("REPLICAOF", "127.0.0.1", Integer.toString(scene.replica().port()));
                  scene.proxy().retarget(scene.replica().port());
                },
                Step.NOTHING)
            .with(REPLICA)
            .with(Recovery.DESPITE)
            .allowing(EVENTS_LOST, LIMIT_LOST));
  }

  private static List<Fault> ofConnections() {
    return List.of(
        Fault.of(
                "slow",
                "network: 0.15 s each way",
                LONG,
                scene -> scene.proxy().delay(SLOW_MILLIS),
                scene -> scene.proxy().delay(0))
            .with(Recovery.MEANWHILE),
        Fault.of(
            "too-slow",
            "network: 3 s each way, longer than a command may take",
            LONG,
            scene -> scene.proxy().delay(TOO_SLOW_MILLIS),
            scene -> scene.proxy().delay(0)),
        Fault.of(
                "silent",
                "network: open connections fall silent; new ones work",
                AT_ONCE,
                scene -> scene.proxy().silence(),
                Step.NOTHING)
            .with(Recovery.DESPITE),
        Fault.of(
            "silent-all",
            "network: open and new connections silent for 6 s",
            LONG,
            scene -> {
              scene.proxy().silenceNew(true);
              scene.proxy().silence();
            },
            scene -> scene.proxy().silenceNew(false)),
        Fault.of(
            "cut-replies",
            "network: each 20th answer is cut in the middle",
            LONG,
            scene -> scene.proxy().cutReplies(EACH_REPLY),
            scene -> scene.proxy().cutReplies(0)),
        Fault.of(
                "client-kill",
                "Redis: CLIENT KILL of all connections, again and again",
                SHORT,
                Step.NOTHING,
                Step.NOTHING)
            .repeating(Faults::killClients));
  }

  private static void killClients(Scene scene) throws IOException {
    try (Resp redis = scene.primary().connect()) {
      for (String type : List.of("normal", "pubsub")) {
        long unused = redis.number("CLIENT", "KILL", "TYPE", type);
      }
    }
  }

  private static List<Fault> ofAccess() {
    return List.of(
        Fault.of(
                "password-change",
                "Redis: another password for 2 s; connections end",
                SHORT,
                scene -> {
                  scene.primary().tell("CONFIG", "SET", "requirepass", "second");
                  killClients(scene);
                },
                scene -> scene.primary().tell("ACL", "SETUSER", "default", ">first"))
            .with(PASSWORD),
        Fault.of(
                "permission-lost",
                "Redis: the user may run no scripts for 6 s",
                LONG,
                scene -> scene.primary().tell("ACL", "SETUSER", "worker", "-@scripting"),
                scene -> scene.primary().tell("ACL", "SETUSER", "worker", "+@scripting"))
            .with(USER),
        Fault.of(
                "user-removed",
                "Redis: the user is removed for 6 s",
                LONG,
                scene -> scene.primary().tell("ACL", "DELUSER", "worker"),
                scene ->
                    scene
                        .primary()
                        .tell("ACL", "SETUSER", "worker", "on", ">secret", "~*", "&*", "+@all"))
            .with(USER));
  }

  private static List<Fault> ofTheClock() {
    return List.of(
        clock("clock-glitch-ahead", "Redis's clock: 10 min ahead for 1.5 s", FAR, GLITCH),
        clock(
            "clock-glitch-behind", "Redis's clock: 10 min behind for 1.5 s", FAR.negated(), GLITCH),
        clock("clock-ahead", "Redis's clock: 10 min ahead for good", FAR, AT_ONCE),
        clock("clock-behind", "Redis's clock: 10 min behind for good", FAR.negated(), AT_ONCE));
  }

  private static Fault clock(String name, String happens, Duration ahead, Duration lasts) {
    Fault fault =
        Fault.of(
                name,
                happens,
                lasts,
                scene -> scene.clock().shift(ahead),
                lasts.isZero() ? Step.NOTHING : scene -> scene.clock().shift(Duration.ZERO))
            .with(CLOCK)
            .allowing(CLOCK_WRONG);
    return lasts.isZero() ? fault.with(Recovery.DESPITE) : fault;
  }

  private static List<Fault> ofKeys() {
    List<Fault> faults = new ArrayList<>();
    faults.add(lost("meta").allowing(COUNTERS_LOST, LIMIT_LOST));
    for (String key : List.of("starts", "types", "attempts", "observed", "done")) {
      faults.add(lost(key));
    }
    for (String key :
        List.of(
            "events",
            "pending:high",
            "pending:normal",
            "pending:low",
            "fresh:high",
            "fresh:normal",
            "fresh:low",
            "aside",
            "aside:types",
            "delayed",
            "leased",
            "leases",
            "failed",
            "failed:times",
            "failed:events")) {
      faults.add(lost(key).allowing(EVENTS_SEEN_LOST));
    }
    return faults;
  }

  /** Returns faults of named limits and of their data in Redis. */
  private static List<Fault> ofLimits() {
    List<Fault> faults = new ArrayList<>();
    Set<String> again =
        Set.of("kill-one", "kill-all", "suspend-one", "aof-restart", "empty-restart", "flush-all");
    for (List<Fault> group : List.of(ofProcesses(), ofRedis())) {
      for (Fault fault : group) {
        if (again.contains(fault.name())) {
          faults.add(limited(fault));
        }
      }
    }
    ofReplicas().stream()
        .filter(fault -> fault.name().equals("failover"))
        .forEach(fault -> faults.add(limited(fault)));
    faults.add(limited(lost("meta").allowing(COUNTERS_LOST, LIMIT_LOST)));
    for (String key :
        List.of(
            "limits",
            "limits:starts",
            "limits:held",
            "keyed",
            "flows",
            "lines",
            "turns",
            "closed",
            "loads",
            "leased",
            "delayed")) {
      faults.add(limited(lost(key).allowing(EVENTS_SEEN_LOST)));
    }
    faults.add(limited(lost("leases").allowing(EVENTS_SEEN_LOST, ATTEMPTS_FORGOTTEN)));
    return faults;
  }

  /**
   * Returns faults of limits that a queue and calls without an event share, in two namespaces of
   * one scope.
   */
  private static List<Fault> ofScopes() {
    List<Fault> faults = new ArrayList<>();
    Set<String> again = Set.of("kill-one", "aof-restart", "flush-all", "failover");
    for (List<Fault> group : List.of(ofProcesses(), ofRedis(), ofReplicas())) {
      for (Fault fault : group) {
        if (again.contains(fault.name())) {
          faults.add(shared(fault));
        }
      }
    }
    for (String key : List.of("{faults}/meta", "{faults}/limits", "{faults}/limits:starts")) {
      faults.add(
          shared(
              Fault.of(
                      "lost-" + key.replaceAll(".*/", "").replace(':', '-'),
                      "one process: kill -9; Redis: the key " + key + " is deleted; another starts",
                      AT_ONCE,
                      scene -> {
                        killOne(scene);
                        delete(scene, key);
                      },
                      scene -> scene.startLoads(1))
                  .with(Recovery.DESPITE)));
    }
    return faults;
  }

  private static Fault limited(Fault fault) {
    return with(fault, "limits-", "named limits; ", Named.OWN);
  }

  private static Fault shared(Fault fault) {
    return with(fault, "scope-", "shared limits; ", Named.SHARED);
  }

  private static Fault with(Fault fault, String prefix, String happens, Named named) {
    return new Fault(
        prefix + fault.name(),
        happens + fault.happens(),
        fault.setup().with(named),
        fault.lasts(),
        fault.recovery(),
        fault.allowances(),
        fault.begin(),
        fault.repeat(),
        fault.end());
  }

  /**
   * Returns a fault in which a process dies, so that its events depend on Redis's data, and then
   * Redis loses part of it.
   */
  private static Fault lost(String key) {
    return Fault.of(
            "lost-" + key.replace(':', '-'),
            "one process: kill -9; Redis: the key " + key + " is deleted; another process starts",
            AT_ONCE,
            scene -> {
              killOne(scene);
              delete(scene, scene.key(key));
            },
            scene -> scene.startLoads(1))
        .with(Recovery.DESPITE);
  }

  private static void killOne(Scene scene) throws InterruptedException {
    Load victim = scene.victim();
    scene.dismiss(victim);
    victim.kill();
  }

  /** Deletes a key as soon as it exists. */
  private static void delete(Scene scene, String key) throws IOException, InterruptedException {
    try (Resp redis = scene.primary().connect()) {
      Scene.await(key + " is deleted", () -> redis.number("DEL", key) == 1);
    }
  }

  private Faults() {}
}
