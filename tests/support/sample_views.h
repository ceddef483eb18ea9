// The views behind the samples of pages, each with made-up content.
#pragma once

#include <chrono>
#include <string>

#include "pages/view/entry_view.h"
#include "pages/view/outgoing_view.h"
#include "pages/view/overview_view.h"
#include "pages/view/paper_view.h"
#include "pages/view/quarantine_entry_view.h"
#include "pages/view/quarantine_view.h"
#include "pages/view/queue_view.h"
#include "pages/view/reconciliation_view.h"
#include "pages/view/review_view.h"
#include "pages/view/runs_view.h"
#include "pages/view/sheet_view.h"
#include "pages/view/sign_in_view.h"
#include "pages/view/supervision_view.h"
#include "pages/view/task_view.h"
#include "support/page_samples.h"

namespace sluice::pages {

// Texts of people and of sources, as the content asks for.

class Say {
 public:
  explicit Say(Content content) : content_(content) {}
  std::string operator()(std::string text) const {
    return content_ == Content::hostile ? hostile_text : text;
  }
  [[nodiscard]] bool is_empty() const { return content_ == Content::empty; }

 private:
  Content content_;
};

[[nodiscard]] inline record::Time ago(std::chrono::milliseconds length) {
  return sample_now() - length;
}

[[nodiscard]] OverviewView overview_sample(const Say& say);
[[nodiscard]] QuarantineView quarantine_sample(const Say& say);
[[nodiscard]] QuarantineListView quarantine_list_sample(const Say& say);
[[nodiscard]] QuarantineEntryView entry_sample(const Say& say);
[[nodiscard]] QuarantineEntryView refused_entry_sample(const Say& say);
[[nodiscard]] QuarantineEntryView binary_entry_sample(const Say& say);
[[nodiscard]] QuarantineEntryView discarded_entry_sample(const Say& say);
[[nodiscard]] RunsView runs_sample(const Say& say);
[[nodiscard]] ReconciliationView reconciliation_sample(const Say& say);
[[nodiscard]] DifferencesView differences_sample(const Say& say);
[[nodiscard]] SignInView sign_in_sample(const Say& say);
[[nodiscard]] PasswordView password_sample(const Say& say);

// Manual entry.
[[nodiscard]] entry::Form form_sample(const Say& say);
[[nodiscard]] TaskFacts task_sample(const Say& say);
[[nodiscard]] ClerkFigures figures_sample(const Say& say);
[[nodiscard]] EntryView keying_sample(const Say& say);
[[nodiscard]] EntryView check_sample(const Say& say);
[[nodiscard]] EntryView stale_sample(const Say& say);
[[nodiscard]] ReviewView review_sample(const Say& say);
[[nodiscard]] OutgoingView outgoing_sample(const Say& say);
[[nodiscard]] OutgoingView refused_outgoing_sample(const Say& say);
[[nodiscard]] PaperView paper_sample(const Say& say);
[[nodiscard]] QueueView queue_sample(const Say& say);
[[nodiscard]] QueueView whole_queue_sample(const Say& say);
[[nodiscard]] SheetView sheet_sample(const Say& say);
[[nodiscard]] SheetView unreadable_sheet_sample(const Say& say);
[[nodiscard]] SheetView sheet_answer_sample(const Say& say);
[[nodiscard]] TaskView task_view_sample(const Say& say);
[[nodiscard]] TaskView returned_task_sample(const Say& say);
[[nodiscard]] SupervisionView supervision_sample(const Say& say);

}  // namespace sluice::pages
