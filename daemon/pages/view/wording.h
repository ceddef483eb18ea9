// How figures and moments are said to people: in their language, in the node's time zone, with the
// ages that one reads at a glance.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <date/tz.h>

#include "pages/view/template.h"
#include "pages/view/texts.h"
#include "record/time.h"

namespace sluice::pages {

// Of one page; what it refers to must outlive it.
class Wording {
 public:
  Wording(const Texts& texts, Language language, const date::time_zone& zone, record::Time now)
      : texts_(texts), language_(language), zone_(zone), now_(now) {}

  using Named = std::pair<std::string_view, std::string>;
  // The text of a key. Empty where there is none: a test names it.
  [[nodiscard]] std::string text(const std::string& key,
                                 std::initializer_list<Named> values = {}) const;
  // The text of `family` and `word` ("outcome.", "failed"); of a word without a text, the word.
  [[nodiscard]] std::string word(std::string_view family, std::string_view word) const;

  [[nodiscard]] std::string number(std::uint64_t number) const;                  // "18,203"
  [[nodiscard]] std::string bytes(std::uint64_t bytes) const;                    // "3.1 GiB"
  [[nodiscard]] std::string duration(std::chrono::milliseconds duration) const;  // "0.2 s"
  [[nodiscard]] std::string age(record::Time moment) const;                      // "18 min ago"
  // "10:42:07" today, "11-28 10:42" this year, "2025-11-28 10:42" before.
  [[nodiscard]] std::string moment(record::Time moment) const;
  [[nodiscard]] std::string whole(record::Time moment) const;  // "2026-11-29 10:42:07"
  [[nodiscard]] std::string zone() const;                      // "Asia/Shanghai (UTC+08:00)"

  // For the template `moment`: a machine's form, the whole for people, and one that is short.
  [[nodiscard]] Values at(record::Time moment) const;
  [[nodiscard]] Values since(record::Time moment) const;  // the short form is the age
  // The short form is for how long: "18 min".
  [[nodiscard]] std::optional<Values> lasting(const std::optional<record::Time>& since) const;
  [[nodiscard]] std::optional<Values> at(const std::optional<record::Time>& moment) const;
  [[nodiscard]] std::optional<Values> since(const std::optional<record::Time>& moment) const;

 private:
  [[nodiscard]] Values told(record::Time moment, const std::string& shortly) const;

  const Texts& texts_;
  Language language_;
  const date::time_zone& zone_;
  record::Time now_;
};

}  // namespace sluice::pages
