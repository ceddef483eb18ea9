#include "pages/view/paper_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

using entry::Control;
using entry::FormField;

// Boxes for characters, in groups as one reads them aloud; nothing: a line.
std::vector<std::size_t> boxes_of(const FormField& field) {
  switch (field.check) {
    case record::Check::uscc:
      return {2, 6, 9, 1};
    case record::Check::citizen_id:
      return {6, 4, 2, 2, 3, 1};
    case record::Check::region_code:
      return {6};
    case record::Check::none:
      break;
  }
  if (field.control == Control::date) return {4, 2, 2};
  return {};
}

std::vector<Values> box_values(const std::vector<std::size_t>& groups) {
  return each(groups, [](std::size_t boxes) {
    return Values().list("box", std::vector<Values>(boxes, Values().when("is_box", true)));
  });
}

// To be ticked: choices, or the codes of a short table.
std::vector<Values> tick_values(const FormField& field, const PaperView& view,
                                const Wording& words) {
  std::vector<Values> ticks;
  const auto add = [&](const std::string& code, const std::string& name) {
    ticks.push_back(Values().text("tick", code == name ? code : fmt::format("{} {}", code, name)));
  };
  for (const entry::Choice& choice : field.choices) {
    const std::string label =
        field.control == Control::yes_no ? words.word("yes-no.", choice.label) : choice.label;
    add(field.control == Control::yes_no ? label : choice.value, label);
  }
  const auto table = std::ranges::find(view.tables, field.codes, &PaperCodes::table);
  if (!field.codes.empty() && table != view.tables.end() &&
      table->codes.size() <= most_codes_on_paper) {
    for (const entry::CodeEntry& code : table->codes)
      add(code.code, code.name);
  }
  return ticks;
}

Values blank_values(const FormField& field, const PaperView& view, const Wording& words) {
  const std::vector<Values> ticks = tick_values(field, view, words);
  const std::vector<std::size_t> boxes = boxes_of(field);
  const bool has_ticks = !ticks.empty();
  const std::size_t lines = field.control == Control::long_text ? 4 : 1;
  return Values()
      .text("label", field.label)
      .text("help", has_ticks ? std::nullopt : if_any(field.help))
      .when("is_required", field.required)
      .when("has_ticks", has_ticks)
      .list("ticks", ticks)
      .when("has_boxes", !has_ticks && !boxes.empty())
      .list("boxes", box_values(boxes))
      .when("has_lines", !has_ticks && boxes.empty())
      .list("lines", std::vector<Values>(lines, Values().when("is_line", true)));
}

}  // namespace

std::string paper_page(const Pages& pages, const Frame& frame, const PaperView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values.text("queue_path", entry_path)
      .text("form_title", view.form.title)
      .text("bureau_name", view.bureau_name)
      .when("has_groups", !view.form.groups.empty())
      .list("groups", each(view.form.groups, [&](const entry::FormGroup& group) {
              return Values()
                  .text("group_title", if_any(group.title))
                  .list("fields", each(group.fields, [&](const FormField& field) {
                          return blank_values(field, view, words);
                        }));
            }));
  return pages.document("paper", frame, words.text("paper.title", {{"name", view.form.title}}),
                        values);
}

}  // namespace sluice::pages
