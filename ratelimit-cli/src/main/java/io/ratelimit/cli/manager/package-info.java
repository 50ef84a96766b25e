/** Commands on managers and their schedules in Temporal. */
@NullMarked
package io.ratelimit.cli.manager;

import org.jspecify.annotations.NullMarked;
