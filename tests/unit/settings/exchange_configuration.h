// The configuration of a bureau with an exchange database, in which a test changes one thing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "configuration.h"

namespace sluice::settings::test {

inline constexpr const char* exchange_file = "bureaus/park.yaml";

class ExchangeConfiguration : public Configuration {
 public:
  ExchangeConfiguration() { write(exchange_file, bureau); }

  ExchangeConfiguration& changed(std::string_view old_text, std::string_view text) {
    with(exchange_file, old_text, text);
    return *this;
  }
  [[nodiscard]] Bureau park() const { return settings().bureaus.at(record::BureauId("park")); }

  static constexpr std::string_view bureau = R"(bureau: park
name: 海淀园
certificate_subject: CN=park
channels:
  front-end:
    connection: DSN=exchange;UID=sluice
    schedule:
      run: "@every 5m"
publishes:
  - dataset: approval
    channels: [front-end]
    front-end:
      table: 审批
      capture: {kind: watermark, column: 更新}
)";
  static constexpr std::string_view watermark = "{kind: watermark, column: 更新}";
};

// What is complained of where one piece of text is another, without the file's name.
inline std::vector<std::string> exchange_complaints(std::string_view old_text,
                                                    std::string_view text) {
  std::vector<std::string> complaints =
      ExchangeConfiguration().changed(old_text, text).complaints();
  const std::string prefix = std::string(exchange_file) + ":";
  for (std::string& complaint : complaints) {
    if (complaint.starts_with(prefix)) complaint.erase(0, prefix.size());
  }
  return complaints;
}

}  // namespace sluice::settings::test
