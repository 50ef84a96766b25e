package io.ratelimit.examples.cli;

/**
 * That a manager was told something, for scripts.
 *
 * @param id the manager's id
 * @param told what
 */
record ManagerTold(String id, String told) {}
