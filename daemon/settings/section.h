// A mapping from which values are asked by name and type. What was not asked for by the time of
// finish() is an unknown key. A value that is not as it should be is complained of, and reads as
// absent.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "settings/document.h"

namespace sluice::settings {

// Views its value and its complaints, which must outlive it.
class Section {
 public:
  Section(const Value& value, Complaints& complaints);

  [[nodiscard]] bool has(const std::string& key) { return find(key) != nullptr; }
  [[nodiscard]] const Value* find(const std::string& key);  // any kind; null if absent
  void ignore(std::initializer_list<const char*> keys);     // known, and of no consequence

  [[nodiscard]] std::optional<std::string> text(const std::string& key);
  [[nodiscard]] std::string required_text(const std::string& key);  // and not empty
  [[nodiscard]] std::string required_name(const std::string& key);  // record::is_name
  [[nodiscard]] std::optional<std::uint64_t> count(const std::string& key, std::uint64_t least,
                                                   std::uint64_t most);
  [[nodiscard]] std::optional<std::uint64_t> bytes(
      const std::string& key, std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
  [[nodiscard]] std::optional<std::chrono::milliseconds> duration(const std::string& key);
  [[nodiscard]] std::optional<double> share(const std::string& key);
  [[nodiscard]] std::optional<bool> boolean(const std::string& key);
  [[nodiscard]] std::optional<char> character(const std::string& key);  // ASCII, not a line's end
  // The position of the value among `names`.
  [[nodiscard]] std::optional<std::size_t> choice(const std::string& key,
                                                  std::span<const std::string> names);
  [[nodiscard]] std::span<const Value> list(const std::string& key);     // empty if absent
  [[nodiscard]] std::vector<std::string> texts(const std::string& key);  // a list, or one text
  // `key:` with nothing behind it is a section with nothing in it.
  [[nodiscard]] std::optional<Section> section(const std::string& key);
  // Complains where there is none; what it then gives has nothing in it and asks for nothing.
  [[nodiscard]] Section required_section(const std::string& key);

  // Of the value of `key`; of the section where there is none.
  void complain(const std::string& key, std::string found, std::string expected,
                std::string suggestion = {});
  void finish();

  [[nodiscard]] Complaints& complaints() { return *complaints_; }
  [[nodiscard]] Place place() const { return place_; }
  [[nodiscard]] Place place_of(const std::string& key);

 private:
  [[nodiscard]] std::optional<std::string> scalar(const std::string& key,
                                                  const std::string& expected, bool plain);

  const Value* value_;
  Place place_;
  Complaints* complaints_;
  std::set<std::string> asked_;
  bool broken_ = false;  // complained of as a whole: what is missing in it is no news
};

}  // namespace sluice::settings
