// What `sluice status` shows, drawn from the daemon's answer alone (schemas/status.schema.json), so
// that it is the same whoever asks, and can be tested without a daemon.
#pragma once

#include <cstddef>
#include <string>

#include <boost/json/object.hpp>

namespace sluice::commands {

struct StatusDrawing {
  bool colours = false;
  // An earlier answer of the same daemon: what has got on since then is told as rates.
  const boost::json::object* before = nullptr;
};

// What is wrong first, with what to do; then streams, jobs, edges, certificates, space. Ages are as
// of the answer's own `now`. What a terminal would obey in a text from elsewhere is shown, not
// sent.
[[nodiscard]] std::string draw_status(const boost::json::object& answer,
                                      const StatusDrawing& drawing = {});

// Whether a trouble is told that is more than a reminder.
[[nodiscard]] bool is_unwell(const boost::json::object& answer);

// As much from the top as fits on `rows` lines; how much does not, on the last of them.
[[nodiscard]] std::string fitted(const std::string& text, std::size_t rows);

}  // namespace sluice::commands
