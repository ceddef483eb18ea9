#include "observe/syslog_message.h"

#include <array>
#include <map>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "told.h"

namespace sluice::test {
namespace {

using observe::LogEntry;
using observe::LogField;
using Level = observe::Log::Level;
using testing::ElementsAre;
using testing::Pair;
using testing::StartsWith;

const observe::SyslogOrigin origin{"sluiced", "gate7", 4711};
// 2026-11-23T05:08:38.000042Z
const std::chrono::system_clock::time_point moment{std::chrono::microseconds(1795410518'000042)};

std::string message_of(std::string_view reason, const observe::SyslogOrigin& from = origin) {
  const std::array<LogField, 2> fields{LogField("bureau", "park"), LogField("reason", reason)};
  return observe::syslog_message(
      from, LogEntry(observe::declared_event<"stream-stopped">, Level::error, fields), moment);
}

// The grammar of RFC 5424, section 6, as far as it is used here, written anew: one element of
// structured data, and what is behind it.
struct Read {
  std::string header;
  std::string id;
  std::vector<std::pair<std::string, std::string>> params;
  std::string text;
};
std::optional<Read> read(std::string_view message) {
  Read found;
  const std::size_t data = message.find('[');
  found.header = message.substr(0, data);
  message.remove_prefix(data + 1);
  const std::size_t id = message.find_first_of(" ]");
  found.id = message.substr(0, id);
  message.remove_prefix(id);
  while (message.starts_with(' ')) {
    const std::size_t name_end = message.find("=\"");
    std::string name(message.substr(1, name_end - 1));
    message.remove_prefix(name_end + 2);
    std::string value;
    while (!message.empty() && message.front() != '"') {
      if (message.front() == ']') return std::nullopt;  // must be escaped
      if (message.front() == '\\') message.remove_prefix(1);
      value.push_back(message.front());
      message.remove_prefix(1);
    }
    if (message.empty()) return std::nullopt;
    message.remove_prefix(1);
    found.params.emplace_back(std::move(name), std::move(value));
  }
  if (!message.starts_with("] ")) return std::nullopt;
  found.text = message.substr(2);
  return found;
}

TEST(SyslogMessage, IsAsRfc5424HasIt) {
  EXPECT_EQ(message_of("the disk is full"),
            "<27>1 2026-11-23T05:08:38.000042Z gate7 sluiced 4711 stream-stopped [sluice@32473 "
            "event=\"stream-stopped\" bureau=\"park\" reason=\"the disk is full\"] level=error "
            "event=stream-stopped bureau=park reason=\"the disk is full\"");
}

TEST(SyslogMessage, TellsTheLevelAsASeverity) {
  const auto begins = [](Level level) {
    return observe::syslog_message(origin, LogEntry(observe::declared_event<"stopping">, level, {}),
                                   moment)
        .substr(0, 5);
  };
  EXPECT_EQ(begins(Level::debug), "<31>1");
  EXPECT_EQ(begins(Level::info), "<30>1");
  EXPECT_EQ(begins(Level::notice), "<29>1");
  EXPECT_EQ(begins(Level::warning), "<28>1");
  EXPECT_EQ(begins(Level::error), "<27>1");
}

TEST(SyslogMessage, HostileBytesComeOutAsTheyWentInAndHarmNobodyOnTheWay) {
  for (const std::string& value : hostile_values()) {
    const std::string message = message_of(value);
    EXPECT_TRUE(is_harmless(message)) << message;
    const auto found = read(message);
    ASSERT_TRUE(found) << message;
    ASSERT_EQ(found->params.size(), 3U) << message;
    EXPECT_EQ(found->params[2].first, "reason");
    EXPECT_EQ(harmful_again(found->params[2].second), value) << message;
  }
}

TEST(SyslogMessage, SaysThatItIsUtf8WhereItIsMoreThanAscii) {
  EXPECT_THAT(read(message_of("park"))->text, StartsWith("level="));
  EXPECT_THAT(read(message_of("海淀"))->text, StartsWith("\xef\xbb\xbflevel="));
}

TEST(SyslogMessage, IsNeverLongerThanASyslogdTakesAndSaysWhatWasCut) {
  for (const std::string_view unit : {"a", "\"", "]", "\\", "淀", "\xff", "\n"}) {
    std::string value;
    while (value.size() < 20'000)
      value += unit;
    const std::string message = message_of(value);
    EXPECT_LE(message.size(), observe::longest_syslog_message);
    EXPECT_GT(message.size(), observe::longest_syslog_message - 16) << unit;
    const auto found = read(message);
    ASSERT_TRUE(found) << unit;
    EXPECT_THAT(found->params.back(), Pair("cut", "yes"));
    EXPECT_TRUE(value.starts_with(harmful_again(found->params[2].second))) << unit;
    EXPECT_TRUE(is_harmless(message)) << unit;
  }
}

TEST(SyslogMessage, HasAHostThatIsOneWordAndTheNumberThatAnAgencyHas) {
  EXPECT_THAT(message_of("", {"sluiced", "a b\n[", 1, 7}),
              StartsWith("<27>1 2026-11-23T05:08:38.000042Z a_b_[ sluiced 1 stream-stopped "
                         "[sluice@7 event="));
  EXPECT_THAT(message_of("", {"sluiced", "", 1}),
              StartsWith("<27>1 2026-11-23T05:08:38.000042Z - sluiced 1 stream-stopped "));
}

}  // namespace
}  // namespace sluice::test
