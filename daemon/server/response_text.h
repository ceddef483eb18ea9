// Writes a response as it goes over the wire: head and body in one piece, for one write.
#pragma once

#include <chrono>
#include <string>

#include "server/request.h"

namespace sluice::server {

// The Date field of RFC 9110, 6.6.1, made anew only when the second has changed.
class DateField {
 public:
  [[nodiscard]] const std::string& at(std::chrono::sys_seconds now);

 private:
  std::chrono::sys_seconds second_{};
  std::string text_;
};

enum class AfterResponse { keep_open, close };

// Replaces `out`. For HEAD the body is announced and left out. Throws std::invalid_argument where
// a header field would break the framing.
void write_response(std::string& out, const Response& response, Method asked, AfterResponse after,
                    const std::string& date);

}  // namespace sluice::server
