#include "support/page_samples.h"

#include "pages/view/problem_view.h"
#include "support/sample_views.h"

namespace sluice::pages {
namespace {

Frame at_the_door(Content content, Language language) {
  Frame frame = sample_frame(content, language, "");
  frame.navigation.clear();
  frame.person.reset();
  frame.notice.reset();
  return frame;
}

}  // namespace

record::Time sample_now() {
  return *record::parse_time("2026-11-29T02:42:07.000Z");
}

Frame sample_frame(Content content, Language language, const std::string& current) {
  const Say say(content);
  Frame frame{.language = language,
              .node = say("海淀区中心"),
              .now = sample_now(),
              .path = say("/" + current),
              .csrf_token = say("csrf-of-this-session")};
  const std::pair<const char*, const char*> places[] = {{"overview", "/"},
                                                        {"quarantine", "/quarantine"},
                                                        {"entry", "/entry"},
                                                        {"runs", "/runs"},
                                                        {"reconciliation", "/reconciliation"}};
  for (const auto& [name, path] : places)
    frame.navigation.push_back({.name = name, .path = say(path), .is_current = current == name});
  if (!say.is_empty()) frame.navigation[1].count = 12411;
  frame.person = {
      .display_name = say("张伟"), .account = say("zhang.wei"), .roles = {say("administrator")}};
  if (say.is_empty()) frame.person->roles.clear();
  if (content == Content::hostile)
    frame.notice = {.name = say("saved"), .is_bad = true, .sentence = say("x")};
  return frame;
}

std::vector<PageSample> page_samples(const Pages& pages, Content content, Language language) {
  const Say say(content);
  const auto frame = [&](const std::string& current) {
    return sample_frame(content, language, current);
  };
  Frame noticed = frame("quarantine");
  noticed.notice = {.name = say("discarded"), .is_bad = false, .sentence = say("it is in none")};
  const Frame door = at_the_door(content, language);
  return {
      {"overview", overview_page(pages, frame("overview"), overview_sample(say))},
      {"quarantine", quarantine_page(pages, frame("quarantine"), quarantine_sample(say))},
      {"quarantine_list", quarantine_list_page(pages, noticed, quarantine_list_sample(say))},
      {"quarantine_entry", quarantine_entry_page(pages, frame("quarantine"), entry_sample(say))},
      {"quarantine_refused",
       quarantine_entry_page(pages, frame("quarantine"), refused_entry_sample(say))},
      {"quarantine_bytes",
       quarantine_entry_page(pages, frame("quarantine"), binary_entry_sample(say))},
      {"quarantine_discarded",
       quarantine_entry_page(pages, frame("quarantine"), discarded_entry_sample(say))},
      {"runs", runs_page(pages, frame("runs"), runs_sample(say))},
      {"reconciliation",
       reconciliation_page(pages, frame("reconciliation"), reconciliation_sample(say))},
      {"differences", differences_page(pages, frame("reconciliation"), differences_sample(say))},
      {"queue", queue_page(pages, frame("entry"), queue_sample(say))},
      {"queue_whole", queue_page(pages, frame("entry"), whole_queue_sample(say))},
      {"entry", entry_page(pages, frame("entry"), keying_sample(say))},
      {"entry_check", entry_page(pages, frame("entry"), check_sample(say))},
      {"entry_stale", entry_page(pages, frame("entry"), stale_sample(say))},
      {"review", review_page(pages, frame("entry"), review_sample(say))},
      {"outgoing", outgoing_page(pages, frame("entry"), outgoing_sample(say))},
      {"outgoing_refused", outgoing_page(pages, frame("entry"), refused_outgoing_sample(say))},
      {"sheet", sheet_page(pages, frame("entry"), sheet_sample(say))},
      {"sheet_unreadable", sheet_page(pages, frame("entry"), unreadable_sheet_sample(say))},
      {"sheet_answer", sheet_page(pages, frame("entry"), sheet_answer_sample(say))},
      {"task", task_page(pages, frame("entry"), task_view_sample(say))},
      {"task_returned", task_page(pages, frame("entry"), returned_task_sample(say))},
      {"supervision", supervision_page(pages, frame("entry"), supervision_sample(say))},
      {"paper", paper_page(pages, frame("entry"), paper_sample(say))},
      {"sign_in", sign_in_page(pages, door, sign_in_sample(say))},
      {"password", password_page(pages, frame(""), password_sample(say))},
      {"problem_signed_in", problem_page(pages, frame(""),
                                         {.status = 403,
                                          .sentence = say("the journal is full for now"),
                                          .reference = say("7f3a-1182")})},
      {"problem_at_the_door", problem_page(pages, door, {.status = 404})}};
}

}  // namespace sluice::pages
