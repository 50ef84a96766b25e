/** Scenarios from files, played side by side, tuned for a goal and drawn; and replays of rounds. */
@NullMarked
package io.ratelimit.cli.scenario;

import org.jspecify.annotations.NullMarked;
