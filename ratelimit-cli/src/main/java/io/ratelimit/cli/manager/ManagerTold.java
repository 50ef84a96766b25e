package io.ratelimit.cli.manager;

/**
 * The JSON output of an action on a manager or a schedule.
 *
 * @param id the id of the manager or the schedule
 * @param told what was done
 */
record ManagerTold(String id, String told) {}
