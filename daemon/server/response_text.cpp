#include "server/response_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "server/refusal.h"

namespace sluice::server {
namespace {

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  const auto breaks_framing = [](char c) {
    return static_cast<unsigned char>(c) < ' ' && c != '\t';
  };
  if (std::ranges::any_of(name, breaks_framing) || std::ranges::any_of(value, breaks_framing)) {
    throw std::invalid_argument("a response's header field holds a control character");
  }
  out.append(name).append(": ").append(value).append("\r\n");
}

bool has_length(unsigned status) {
  return status != 204 && status != 304;
}

}  // namespace

const std::string& DateField::at(std::chrono::sys_seconds now) {
  if (now == second_) return text_;
  static constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(now - day);
  text_ = fmt::format(
      "Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
      days.at(std::chrono::weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
      months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
      clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  second_ = now;
  return text_;
}

void write_response(std::string& out, const Response& response, Method asked, AfterResponse after,
                    const std::string& date) {
  out.assign("HTTP/1.1 ");
  append_number(out, response.status);
  out.push_back(' ');
  out.append(reason_phrase(response.status)).append("\r\n").append(date);
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers)
    append_field(out, name, value);
  if (has_length(response.status)) {
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  }
  if (after == AfterResponse::close) out.append("Connection: close\r\n");
  out.append("\r\n");
  if (asked != Method::head && has_length(response.status)) out.append(response.body);
}

}  // namespace sluice::server
