/** What rounds were: the command that shows a history. */
@NullMarked
package io.ratelimit.cli.history;

import org.jspecify.annotations.NullMarked;
