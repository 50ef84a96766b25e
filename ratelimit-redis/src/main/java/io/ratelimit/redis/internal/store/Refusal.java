package io.ratelimit.redis.internal.store;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Errors with which Redis refuses a script for now: it may run later, on another server, or after
 * somebody has fixed the cause. All other errors are permanent.
 */
enum Refusal {
  /** The memory is full. */
  OOM(false, "raise maxmemory, or let the queue drain, which needs no memory"),
  /** A script takes longer than {@code busy-reply-threshold}. */
  BUSY(
      false,
      "another script has been running there for too long; SCRIPT KILL ends a script that"
          + " only reads"),
  /** The server is loading its data. */
  LOADING(true, "it is loading its data and will answer when that is done"),
  /** The server is a replica: there has been a failover. */
  READONLY(true, "it is a replica: the address is looked up again until it leads to a master"),
  /** A replica that has lost its master. */
  MASTERDOWN(true, "it is a replica: the address is looked up again until it leads to a master"),
  /** Some slots of the cluster are not served. */
  CLUSTERDOWN(false, "the cluster does not serve all slots; it will when their masters are back"),
  /** A slot is moving to another node. */
  TRYAGAIN(false, "the slot is moving to another node"),
  /** The slot is on another node. */
  MOVED(false, "the slot is on another node"),
  /** The slot is on another node for this command. */
  ASK(false, "the slot is moving to another node"),
  /** There are fewer replicas than {@code min-replicas-to-write}. */
  NOREPLICAS(false, "it has fewer replicas than min-replicas-to-write requires"),
  /** The server cannot save. */
  MISCONF(false, "it cannot save to its disk: free some space, and check its log"),
  /** The connection is not authenticated. */
  NOAUTH(true, "set the queue's user and password; the client then reconnects with them"),
  /** The credentials are wrong, or have changed. */
  WRONGPASS(true, "set the queue's user and password; the client then reconnects with them"),
  /** The user lacks a permission. */
  NOPERM(true, "grant the user what docs/redis.md lists under Permissions") {
    @Override
    boolean isIn(String code, String message) {
      // Within a script, Redis 7.0 omits the error code.
      return super.isIn(code, message)
          || (code.equals("ERR") && message.startsWith("ERR The user executing the script can't"));
    }
  },
  /** The server is in protected mode. */
  DENIED(true, "it is in protected mode: set a password, or bind it to an address"),
  /** The server has no connections left. */
  MAXCLIENTS(true, "it has as many clients as maxclients allows") {
    @Override
    boolean isIn(String code, String message) {
      return code.equals("ERR") && message.contains("max number of clients");
    }
  },
  /** Somebody killed the script. */
  KILLED(false, "somebody ended the script with SCRIPT KILL, which ends only what wrote nothing") {
    @Override
    boolean isIn(String code, String message) {
      return code.equals("ERR") && message.contains("SCRIPT KILL");
    }
  };

  // Before version 7, Redis puts the error of a script after its location.
  private static final Pattern CODE =
      Pattern.compile(
          "(?:ERR Error running script[^@]*(?:@user_script: ?\\d+: )+-?)?([A-Z]+)\\b.*");

  private final boolean elsewhere;
  private final String advice;

  Refusal(boolean elsewhere, String advice) {
    this.elsewhere = elsewhere;
    this.advice = advice;
  }

  /** Returns the refusal that an error message means, or empty if the error is permanent. */
  static Optional<Refusal> of(String message) {
    Matcher matcher = CODE.matcher(message.lines().findFirst().orElse(""));
    return matcher.matches()
        ? Arrays.stream(values()).filter(r -> r.isIn(matcher.group(1), message)).findFirst()
        : Optional.empty();
  }

  boolean isIn(String code, String message) {
    return code.equals(name());
  }

  /** Returns whether another connection may be treated differently. */
  boolean elsewhere() {
    return elsewhere;
  }

  /** Returns what to do or wait for. */
  String advice() {
    return advice;
  }

  /** Returns what became of the events: all errors but one occur before a script writes. */
  String effect(String message, String ifLost) {
    return this == NOPERM && message.contains("script:")
        ? "it stopped at a step that the user may not do; " + ifLost
        : "nothing was changed";
  }
}
