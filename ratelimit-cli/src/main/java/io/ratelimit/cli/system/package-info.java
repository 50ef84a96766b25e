/** {@code system}: scheduler, queue, worker and manager in one process. */
@NullMarked
package io.ratelimit.cli.system;

import org.jspecify.annotations.NullMarked;
