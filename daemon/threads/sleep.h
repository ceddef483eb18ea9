// How a thread that does its work again and again rests in between, so that whoever ends it need
// not wait until its time has come.
#pragma once

#include <chrono>
#include <stop_token>

namespace sluice::threads {

// Both end early when a stop is requested, and at once where it was requested before.
void sleep_until(const std::stop_token& stop, std::chrono::steady_clock::time_point end);
void sleep_for(const std::stop_token& stop, std::chrono::milliseconds duration);

}  // namespace sluice::threads
