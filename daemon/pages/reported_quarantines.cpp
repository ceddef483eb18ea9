#include "pages/reported_quarantines.h"

#include <utility>

#include "record/try.h"

namespace sluice::pages {

edges::Result<ReportedQuarantines::Reports> ReportedQuarantines::ask() {
  if (!kept_) kept_ = SLUICE_TRY(open_());
  auto all = SLUICE_TRY(kept_->all());
  Reports reports;
  for (edges::KeptReport& kept : all) {
    const record::BureauId bureau = kept.bureau;
    reports.emplace(bureau, std::move(kept));
  }
  return reports;
}

}  // namespace sluice::pages
