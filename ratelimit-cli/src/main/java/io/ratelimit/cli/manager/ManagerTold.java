package io.ratelimit.cli.manager;

/**
 * That something was done with a manager or a schedule, for scripts.
 *
 * @param id its id
 * @param told what
 */
record ManagerTold(String id, String told) {}
