/**
 * Audits over a real HTTP API: a handler that turns answers into outcomes, and what the API says of
 * its quota fed back into the queue's limit.
 */
@NullMarked
package io.ratelimit.http;

import org.jspecify.annotations.NullMarked;
