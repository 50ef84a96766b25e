/** Metrics and health over HTTP. */
@NullMarked
package io.ratelimit.cli.telemetry;

import org.jspecify.annotations.NullMarked;
