// Tells when an HTTP/1.1 answer is whole, reading no more of it than that takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::bench {

class ResponseReader {
 public:
  enum class State { incomplete, complete, malformed };

  // Takes the next bytes from the server. Malformed: not HTTP/1.1, a header above 16 KiB, a body
  // without Content-Length where the status has one, or bytes beyond the answer's end.
  State feed(std::string_view bytes);
  // From now on: whoever only counts answers is not to pay for their content.
  void keep_bodies() { keeps_bodies_ = true; }
  // For the next answer on the same connection.
  void reset();

  // Valid once complete.
  [[nodiscard]] unsigned status() const { return status_; }
  [[nodiscard]] bool closes() const { return closes_; }
  // Of the first field of this name, in lower case; empty: there is none. Until the next feed().
  [[nodiscard]] std::string_view field(std::string_view name) const;
  // Empty where bodies are not kept.
  [[nodiscard]] const std::string& body() const { return body_; }
  // Head and body.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  State read_header(std::size_t length);
  State read_field(std::string_view line);

  std::string header_;  // and what came with its end
  std::size_t header_length_ = 0;
  bool keeps_bodies_ = false;
  std::string body_;
  std::uint64_t bytes_ = 0;
  bool in_body_ = false;
  std::uint64_t body_left_ = 0;
  bool has_length_ = false;
  bool closes_ = false;
  unsigned status_ = 0;
};

}  // namespace sluice::bench
