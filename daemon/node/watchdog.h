// What tells systemd that the event loop turns, for as long as a node serves or waits to.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "observe/notify.h"

namespace sluice::node {

// Ends at once where no watchdog is set, else with its event loop. `notifier` must outlive it.
[[nodiscard]] boost::asio::awaitable<void> answer_watchdog(
    const observe::ServiceNotifier& notifier);

}  // namespace sluice::node
