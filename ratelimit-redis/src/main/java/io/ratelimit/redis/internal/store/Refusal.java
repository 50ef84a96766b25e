package io.ratelimit.redis.internal.store;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An error with which Redis answers instead of running a script, and which passes: at another time,
 * at another place, or when somebody does something about it. Whatever is not here is for good.
 */
enum Refusal {
  /** The memory is full. */
  OOM(false, "raise maxmemory, or let the queue drain, which needs no memory"),
  /** A script takes longer than {@code busy-reply-threshold}. */
  BUSY(
      false,
      "another script has been running there for too long; SCRIPT KILL ends a script that"
          + " only reads"),
  /** The data set is being read. */
  LOADING(true, "it is loading its data and will answer when that is done"),
  /** A replica, of a master that was another one before. */
  READONLY(true, "it is a replica: the address is looked up again until it leads to a master"),
  /** A replica that has lost its master. */
  MASTERDOWN(true, "it is a replica: the address is looked up again until it leads to a master"),
  /** Slots of the cluster are not served. */
  CLUSTERDOWN(false, "the cluster does not serve all slots; it will when their masters are back"),
  /** A slot is on its way to another node. */
  TRYAGAIN(false, "the slot is moving to another node"),
  /** A slot is elsewhere. */
  MOVED(false, "the slot is on another node"),
  /** A slot is elsewhere for one command. */
  ASK(false, "the slot is moving to another node"),
  /** Fewer replicas than {@code min-replicas-to-write}. */
  NOREPLICAS(false, "it has fewer replicas than min-replicas-to-write requires"),
  /** Nothing can be saved. */
  MISCONF(false, "it cannot save to its disk: free some space, and check its log"),
  /** The connection is not authenticated. */
  NOAUTH(true, "set the queue's user and password; the client then reconnects with them"),
  /** The credentials are others now. */
  WRONGPASS(true, "set the queue's user and password; the client then reconnects with them"),
  /** The user may not do this. */
  NOPERM(true, "grant the user what docs/redis.md lists under Permissions") {
    @Override
    boolean isIn(String code, String message) {
      // Inside of a script, Redis 7.0 says so without the code.
      return super.isIn(code, message)
          || (code.equals("ERR") && message.startsWith("ERR The user executing the script can't"));
    }
  },
  /** Protected mode. */
  DENIED(true, "it is in protected mode: set a password, or bind it to an address"),
  /** No connection more. */
  MAXCLIENTS(true, "it has as many clients as maxclients allows") {
    @Override
    boolean isIn(String code, String message) {
      return code.equals("ERR") && message.contains("max number of clients");
    }
  },
  /** Somebody ended the script. */
  KILLED(false, "somebody ended the script with SCRIPT KILL, which ends only what wrote nothing") {
    @Override
    boolean isIn(String code, String message) {
      return code.equals("ERR") && message.contains("SCRIPT KILL");
    }
  };

  // Redis before 7 puts the script's own error behind where it happened.
  private static final Pattern CODE =
      Pattern.compile(
          "(?:ERR Error running script[^@]*(?:@user_script: ?\\d+: )+-?)?([A-Z]+)\\b.*");

  private final boolean elsewhere;
  private final String advice;

  Refusal(boolean elsewhere, String advice) {
    this.elsewhere = elsewhere;
    this.advice = advice;
  }

  /** Returns what an error says, or nothing if it is one for good. */
  static Optional<Refusal> of(String message) {
    Matcher matcher = CODE.matcher(message.lines().findFirst().orElse(""));
    return matcher.matches()
        ? Arrays.stream(values()).filter(r -> r.isIn(matcher.group(1), message)).findFirst()
        : Optional.empty();
  }

  boolean isIn(String code, String message) {
    return code.equals(name());
  }

  /** Returns whether another connection may be answered otherwise. */
  boolean elsewhere() {
    return elsewhere;
  }

  /** Returns what to do, or what to wait for. */
  String advice() {
    return advice;
  }

  /** Returns what became of the events: all errors come before a script writes, but for one. */
  String effect(String message, String ifLost) {
    return this == NOPERM && message.contains("script:")
        ? "it stopped at a step that the user may not do; " + ifLost
        : "nothing was changed";
  }
}
