/**
 * Scenarios from files: read, played side by side, tuned for a goal, drawn; and rounds replayed.
 */
@NullMarked
package io.ratelimit.cli.scenario;

import org.jspecify.annotations.NullMarked;
