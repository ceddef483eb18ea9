#include "settings/schedule_reader.h"

#include <array>
#include <string>

#include <fmt/format.h>

namespace sluice::settings {
namespace {

void set_seconds(Section& section, const char* key, std::chrono::seconds& target) {
  if (const auto value = section.duration(key)) {
    target = std::chrono::ceil<std::chrono::seconds>(*value);
  }
}

void read_run(Section& section, schedule::Schedule& schedule) {
  const std::string written = section.required_text("run");
  if (written.empty()) return;
  if (auto cron = schedule::parse_cron(written)) {
    schedule.run = *cron;
    schedule.written = written;
  } else {
    section.complain("run", cron.error().found, cron.error().expected);
  }
}

}  // namespace

void read_time_zone(Section& section, const char* key, std::string& zone) {
  const auto name = section.text(key);
  if (!name) return;
  try {
    static_cast<void>(date::locate_zone(*name));
    zone = *name;
  } catch (const std::exception&) {
    section.complain(key, in_quotes(*name),
                     "a name of the IANA time zone database such as `Asia/Shanghai`");
  }
}

schedule::Schedule read_schedule(Section section) {
  static const std::array<std::string, 2> missed = {"once", "skip"};
  schedule::Schedule schedule;
  read_run(section, schedule);
  read_time_zone(section, "time_zone", schedule.time_zone);
  for (const std::string& text : section.texts("blackout")) {
    if (auto blackout = schedule::parse_blackout(text)) {
      schedule.blackouts.push_back(*blackout);
    } else {
      section.complain("blackout", blackout.error().found, blackout.error().expected);
    }
  }
  if (schedule::leaves_no_time(schedule.blackouts)) {
    section.complain("blackout", "hours that are the whole week",
                     "some in which it may run, or no `schedule` at all,");
  }
  set_seconds(section, "jitter", schedule.jitter);
  if (const auto choice = section.choice("missed", missed)) {
    schedule.missed = std::array{schedule::Missed::once, schedule::Missed::skip}[*choice];
  }
  set_seconds(section, "time_limit", schedule.time_limit);
  set_seconds(section, "cpu_limit", schedule.cpu_limit);
  schedule.memory_limit = section.bytes("memory_limit").value_or(schedule.memory_limit);
  if (auto retry = section.section("retry")) {
    set_seconds(*retry, "first", schedule.retry_first);
    set_seconds(*retry, "longest", schedule.retry_longest);
    if (schedule.retry_first > schedule.retry_longest) {
      const auto told = [&](const char* key, std::chrono::seconds value) {
        return fmt::format("{} s{}", value.count(), retry->has(key) ? "" : ", the default");
      };
      retry->complain("first", told("first", schedule.retry_first),
                      fmt::format("at most `longest` ({} s)", schedule.retry_longest.count()));
    }
    retry->finish();
  }
  section.finish();
  return schedule;
}

}  // namespace sluice::settings
