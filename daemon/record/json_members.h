// Strict reading of the small JSON objects that are signed: every member known, none missing.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace sluice::record {

// Remembers the first thing that was wrong; the values read after that mean nothing.
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view text);

  [[nodiscard]] std::string text(std::string_view name);
  [[nodiscard]] std::uint64_t number(std::string_view name);
  [[nodiscard]] bool boolean(std::string_view name);
  [[nodiscard]] const boost::json::array& array(std::string_view name);

  // Says that a member's value is not as it should be.
  void complain(std::string_view name, std::string_view expected);
  // What was wrong, with members that nobody asked for counted as wrong too.
  [[nodiscard]] std::optional<std::string> finish();

 private:
  [[nodiscard]] const boost::json::value* find(std::string_view name);

  boost::json::object object_;
  boost::json::array no_array_;
  std::set<std::string, std::less<>> asked_;
  std::optional<std::string> problem_;
};

}  // namespace sluice::record
