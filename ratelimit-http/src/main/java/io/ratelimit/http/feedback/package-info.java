/** An API's quota, fed back into the limit of a queue. */
@NullMarked
package io.ratelimit.http.feedback;

import org.jspecify.annotations.NullMarked;
