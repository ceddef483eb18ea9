#include "commands/status_view.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/control_client.h"
#include "commands/terminal.h"
#include "record/time.h"

namespace sluice::commands {
namespace {

using Object = boost::json::object;
using Rows = std::vector<std::vector<std::string>>;

enum class Ink { bold, red, yellow, green };

std::string inked(std::string text, Ink ink, const StatusDrawing& drawing) {
  if (!drawing.colours) return text;
  const char* code = ink == Ink::bold     ? "1"
                     : ink == Ink::red    ? "31"
                     : ink == Ink::yellow ? "33"
                                          : "32";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::uint64_t figure(const Object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value == nullptr || !value->is_number() ? 0 : value->to_number<std::uint64_t>();
}

// Empty where the daemon is of a version that does not tell it.
std::vector<const Object*> objects_in(const Object& object, const char* name) {
  std::vector<const Object*> all;
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return all;
  for (const auto& each : value->get_array()) {
    if (each.is_object()) all.push_back(&each.get_object());
  }
  return all;
}

std::optional<record::Time> moment(const Object& object, const char* name) {
  const auto parsed = record::parse_time(member_text(object, name));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::string lasting(std::chrono::milliseconds time) {
  return human_age(std::chrono::duration_cast<std::chrono::seconds>(
      std::max(time, std::chrono::milliseconds(0))));
}

// Of one answer.
class StatusView {
 public:
  StatusView(const Object& answer, const StatusDrawing& drawing)
      : answer_(answer), drawing_(drawing), now_(moment(answer, "now").value_or(record::Time{})) {}

  std::string draw() {
    draw_head();
    draw_troubles();
    draw_streams();
    draw_jobs();
    draw_held();
    draw_edges();
    draw_certificates();
    draw_disk();
    return std::move(text_);
  }

 private:
  // "3 m 20 s"; empty where nothing is told.
  [[nodiscard]] std::string age(const Object& object, const char* name) const {
    const auto since = moment(object, name);
    return since ? lasting(now_ - *since) : "";
  }
  [[nodiscard]] std::string ago(const Object& object, const char* name) const {
    const std::string told = age(object, name);
    return told.empty() ? "" : told + " ago";
  }
  [[nodiscard]] std::string ahead(const Object& object, const char* name) const {
    const auto at = moment(object, name);
    if (!at) return "";
    return *at < now_ ? "since " + lasting(now_ - *at) : "in " + lasting(*at - now_);
  }

  void head(std::string_view title) {
    text_ += "\n" + inked(std::string(title), Ink::bold, drawing_) + "\n";
  }
  void draw_table(std::string_view title, const std::vector<std::string>& header,
                  const Rows& rows) {
    if (rows.empty()) return;
    head(title);
    text_ += table(header, rows);
  }

  void draw_head() {
    text_ += fmt::format("{}  sluiced {}  up {}", printable(member_text(answer_, "node")),
                         printable(member_text(answer_, "version")), age(answer_, "started_at"));
    if (answer_.contains("port")) text_ += "  https port " + member_text(answer_, "port");
    if (answer_.contains("pages_port")) {
      text_ += "  pages port " + member_text(answer_, "pages_port");
    }
    if (const auto* uplink = answer_.if_contains("uplink"); uplink && uplink->is_array()) {
      text_ += "  uplink to";
      for (const auto& address : uplink->get_array()) {
        if (address.is_string()) text_ += " " + printable(std::string_view(address.get_string()));
      }
    }
    text_ += "\n";
  }

  void draw_trouble(const Object& trouble) {
    const std::string bureau = member_text(trouble, "bureau");
    const std::string since = age(trouble, "since");
    const std::string reason = member_text(trouble, "reason");
    const std::string line =
        fmt::format("{}{}{}{}", bureau.empty() ? "" : bureau + ": ", member_text(trouble, "what"),
                    since.empty() ? "" : " for " + since, reason.empty() ? "" : ": " + reason);
    const Ink ink = member_text(trouble, "grade") == "stops" ? Ink::red : Ink::yellow;
    text_ += inked("! " + printable(line), ink, drawing_) + "\n";
    text_ += "    " + printable(member_text(trouble, "do")) + "\n";
  }

  void draw_troubles() {
    const auto troubles = objects_in(answer_, "troubles");
    text_ += "\n";
    if (!answer_.contains("troubles")) {
      text_ += "This daemon is of another version, and does not say what is wrong: restart it.\n";
    } else if (!is_unwell(answer_)) {
      text_ += inked("all is well", Ink::green, drawing_) + "\n";
    }
    for (const Object* trouble : troubles) {
      if (member_text(*trouble, "grade") != "reminder") draw_trouble(*trouble);
    }
    for (const Object* trouble : troubles) {
      if (member_text(*trouble, "grade") != "reminder") continue;
      const std::string bureau = member_text(*trouble, "bureau");
      text_ += printable(fmt::format("- {}{}: {}", bureau.empty() ? "" : bureau + ": ",
                                     member_text(*trouble, "what"), member_text(*trouble, "do"))) +
               "\n";
    }
  }

  [[nodiscard]] std::string link_of(const Object& stream) const {
    const auto* link = stream.if_contains("link");
    if (link == nullptr || !link->is_object()) return "";
    const Object& of = link->get_object();
    const std::string state = member_text(of, "state");
    const std::string since = age(of, "since");
    if (state == "stopped") return "STOPPED";
    return (state == "held-back" ? "held back" : "up") + (since.empty() ? "" : " for " + since);
  }

  // How much of a figure a second, since the earlier answer.
  [[nodiscard]] std::string rate(const Object& stream, const char* name) const {
    const auto then = moment(*drawing_.before, "now");
    if (!then || now_ <= *then) return "";
    for (const Object* before : objects_in(*drawing_.before, "streams")) {
      if (member_text(*before, "bureau") != member_text(stream, "bureau")) continue;
      // Another epoch counts anew.
      if (member_text(*before, "epoch") != member_text(stream, "epoch")) return "";
      const std::uint64_t more =
          figure(stream, name) - std::min(figure(*before, name), figure(stream, name));
      return fmt::format("{:.1f}", static_cast<double>(more) /
                                       std::chrono::duration<double>(now_ - *then).count());
    }
    return "";
  }

  void draw_streams() {
    std::vector<std::string> header{"bureau", "last batch", "acknowledged", "backlog",
                                    "oldest", "quarantine", "link",         "last receipt"};
    if (drawing_.before != nullptr) {
      header.insert(header.end(), {"batches/s", "receipts/s"});
    }
    Rows rows;
    for (const Object* stream : objects_in(answer_, "streams")) {
      std::vector<std::string> row{member_text(*stream, "bureau")};
      if (stream->contains("error")) {
        row.insert(row.end(), {"", "", "", "", "", "STOPPED"});
      } else {
        const auto* link = stream->if_contains("link");
        static const Object none;
        const Object& of = link != nullptr && link->is_object() ? link->get_object() : none;
        row.insert(row.end(),
                   {human_count(figure(*stream, "last_batch")),
                    human_count(figure(*stream, "acknowledged")),
                    human_bytes(figure(*stream, "backlog_bytes")), age(*stream, "backlog_oldest"),
                    human_count(figure(*stream, "quarantine_waiting")), link_of(*stream),
                    ago(of, "last_receipt")});
        if (drawing_.before != nullptr) {
          row.insert(row.end(), {rate(*stream, "last_batch"), rate(*stream, "acknowledged")});
        }
      }
      row.resize(header.size());
      rows.push_back(std::move(row));
    }
    if (rows.empty()) text_ += "\nno bureau publishes anything here\n";
    draw_table("streams", header, rows);
  }

  void draw_jobs() {
    Rows rows;
    for (const Object* job : objects_in(answer_, "jobs")) {
      const std::string state = member_text(*job, "state");
      std::string next = ahead(*job, "next");
      if (state == "running") next = "runs for " + age(*job, "running_since");
      if (state == "paused") next = "paused";
      if (state == "held back") next = "held back: " + member_text(*job, "held_back");
      const std::string outcome = member_text(*job, "last_outcome");
      rows.push_back(
          {member_text(*job, "bureau"), member_text(*job, "task"), member_text(*job, "schedule"),
           ago(*job, "last_started"),
           outcome.empty() ? "" : fmt::format("{}, {} s", outcome, figure(*job, "last_seconds")),
           std::move(next)});
    }
    draw_table("jobs", {"bureau", "task", "schedule", "last run", "outcome", "next run"}, rows);
  }

  void draw_held() {
    Rows rows;
    for (const Object* held : objects_in(answer_, "held")) {
      rows.push_back({member_text(*held, "bureau"), member_text(*held, "dataset"),
                      human_count(figure(*held, "batches")), age(*held, "since"),
                      member_text(*held, "reason")});
    }
    draw_table("held here", {"bureau", "dataset", "batches", "for", "why"}, rows);
  }

  void draw_edges() {
    Rows rows;
    for (const Object* edge : objects_in(answer_, "edges")) {
      const bool has_told = edge->contains("told");
      rows.push_back({member_text(*edge, "bureau"), member_text(*edge, "node"),
                      has_told ? ago(*edge, "told") : "not yet",
                      has_told ? human_count(figure(*edge, "quarantine_waiting")) : ""});
    }
    draw_table("other nodes' bureaus", {"bureau", "node", "told", "quarantine"}, rows);
  }

  void draw_certificates() {
    Rows rows;
    for (const Object* certificate : objects_in(answer_, "certificates")) {
      rows.push_back({member_text(*certificate, "of"), member_text(*certificate, "subject"),
                      ahead(*certificate, "ends")});
    }
    draw_table("certificates", {"of", "subject", "ends"}, rows);
    rows.clear();
    for (const Object* list : objects_in(answer_, "revocation_lists")) {
      rows.push_back({member_text(*list, "issuer"), ago(*list, "issued"),
                      list->contains("ends") ? ahead(*list, "ends") : "never"});
    }
    draw_table("revocation lists", {"of", "issued", "ends"}, rows);
  }

  void draw_disk() {
    const auto* value = answer_.if_contains("disk");
    if (value == nullptr || !value->is_object()) return;
    const Object& disk = value->get_object();
    if (!disk.contains("free_bytes")) return;
    head("space");
    text_ += human_bytes(figure(disk, "free_bytes")) + " free";
    if (const auto total = figure(disk, "total_bytes"); total > 0) {
      text_ += " of " + human_bytes(total);
    }
    text_ += ", reserve " + human_bytes(figure(disk, "reserve_bytes"));
    if (const auto total = figure(disk, "total_inodes"); total > 0) {
      text_ += fmt::format(", {} of {} inodes free", human_count(figure(disk, "free_inodes")),
                           human_count(total));
    }
    text_ += "\n";
  }

  const Object& answer_;
  const StatusDrawing& drawing_;
  record::Time now_;
  std::string text_;
};

}  // namespace

std::string draw_status(const Object& answer, const StatusDrawing& drawing) {
  return StatusView(answer, drawing).draw();
}

bool is_unwell(const Object& answer) {
  return std::ranges::any_of(objects_in(answer, "troubles"), [](const Object* trouble) {
    return member_text(*trouble, "grade") != "reminder";
  });
}

std::string fitted(const std::string& text, std::size_t rows) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  if (lines <= rows || rows == 0) return text;
  std::size_t end = 0;
  for (std::size_t shown = 0; shown + 1 < rows; ++shown)
    end = text.find('\n', end) + 1;
  return text.substr(0, end) + fmt::format("… {} more lines\n", lines - rows + 1);
}

}  // namespace sluice::commands
