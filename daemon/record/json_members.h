// Strict reading of the small JSON objects that are signed: every member known, none missing, none
// said twice (readers differ in which of two they believe).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

namespace sluice::record {

// Remembers the first thing that was wrong; the values read after that mean nothing.
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view text);
  // Of an object inside another, which must outlive this.
  explicit JsonMembers(simdjson::dom::element value);

  [[nodiscard]] std::string text(std::string_view name);
  [[nodiscard]] std::uint64_t number(std::string_view name);  // below 2^63
  [[nodiscard]] bool boolean(std::string_view name);
  [[nodiscard]] std::vector<simdjson::dom::element> array(std::string_view name);
  // A member that need not be there.
  [[nodiscard]] std::optional<simdjson::dom::element> if_there(std::string_view name);

  // Says that a member's value is not as it should be.
  void complain(std::string_view name, std::string_view expected);
  // What was wrong, with members that nobody asked for counted as wrong too.
  [[nodiscard]] std::optional<std::string> finish();

 private:
  struct Member {
    simdjson::dom::element value;
    bool asked = false;
  };
  void take(simdjson::dom::element value);
  [[nodiscard]] const simdjson::dom::element* find(std::string_view name);
  // Reads a member with one of simdjson's getters.
  template <class T>
  [[nodiscard]] std::optional<T> get(std::string_view name, std::string_view expected);

  simdjson::dom::parser parser_;  // holds what the elements view
  std::map<std::string_view, Member> members_;
  std::optional<std::string> problem_;
};

}  // namespace sluice::record
