package io.ratelimit.core.queue;

import java.util.OptionalLong;

/**
 * The result of a bounded redrive.
 *
 * @param redriven how many events wait again
 * @param duplicates how many stayed failed because an event of their id is unfinished
 * @param unreadable how many stayed failed because their stored data cannot be read
 * @param next where to continue, if there may be more: the sequence of the last event looked at
 */
public record RedriveReceipt(int redriven, int duplicates, int unreadable, OptionalLong next) {}
