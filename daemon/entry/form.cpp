#include "entry/form.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "intake/conversion_plan.h"

namespace sluice::entry {
namespace {

using intake::FieldMapping;
namespace step = intake::step;

// From here on a text wants more than a line.
constexpr std::size_t long_text_from = 500;
constexpr std::string_view date_of_a_browser = "%Y-%m-%d";
constexpr std::string_view datetime_of_a_browser = "%Y-%m-%dT%H:%M";

struct Fed {
  const record::Field* field = nullptr;
  const FieldMapping* mapping = nullptr;
  std::size_t order = 0;
};

const FieldMapping* mapping_of_field(const intake::Mapping& mapping, std::string_view field) {
  const auto found = std::ranges::find(mapping.fields, field, &FieldMapping::field);
  return found == mapping.fields.end() ? nullptr : &*found;
}

// The fields that a column feeds, that which the form shows first.
std::vector<Fed> fed_by(const std::string& column, const record::TableSchema& schema,
                        const intake::Mapping& mapping) {
  std::vector<Fed> fed;
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    const record::Field& field = schema.fields[i];
    const FieldMapping* mapped = mapping_of_field(mapping, field.name);
    if (mapped != nullptr && mapped->constant) continue;
    const std::string& from =
        mapped != nullptr && !mapped->from.empty() ? mapped->from : field.name;
    if (from == column) fed.push_back({&field, mapped, field.keying.order.value_or(i + 1)});
  }
  const auto own =
      std::ranges::find_if(fed, [&](const Fed& one) { return one.field->name == column; });
  if (own != fed.end()) std::rotate(fed.begin(), own, own + 1);
  return fed;
}

template <class Kind>
const Kind* step_of(const FieldMapping* mapping) {
  if (mapping == nullptr) return nullptr;
  for (const intake::Step& one : mapping->steps) {
    if (const auto* found = std::get_if<Kind>(&one)) return found;
  }
  return nullptr;
}

Control control_by_type(const record::Field& field) {
  using record::FieldType;
  switch (field.type) {
    case FieldType::number:
    case FieldType::integer:
      return Control::number;
    case FieldType::boolean:
      return Control::yes_no;
    case FieldType::date:
      return Control::date;
    case FieldType::object:
    case FieldType::array:
      return Control::long_text;
    // Without a step that reads what a browser gives, a moment is typed with its offset.
    case FieldType::datetime:
    case FieldType::time:
    case FieldType::year:
    case FieldType::yearmonth:
    case FieldType::duration:
      return Control::text;
    case FieldType::string:
      break;
  }
  const auto& longest = field.constraints.max_length;
  return longest && *longest >= long_text_from ? Control::long_text : Control::text;
}

void put_control(FormField& shown, const Fed& fed) {
  const record::Field& field = *fed.field;
  if (const auto* date = step_of<step::DateFormat>(fed.mapping)) {
    shown.control = date->format == date_of_a_browser       ? Control::date
                    : date->format == datetime_of_a_browser ? Control::datetime
                                                            : Control::text;
    if (shown.control == Control::text) shown.date_format = date->format;
  } else if (const auto* table = step_of<step::CodeTable>(fed.mapping)) {
    shown.control = Control::choice;
    for (const auto& [code, text] : table->codes)
      shown.choices.push_back({code, text});
  } else if (!field.keying.codes.empty()) {
    shown.control = Control::code_table;
    shown.codes = field.keying.codes;
  } else if (!field.constraints.enumeration.empty()) {
    shown.control = Control::choice;
    for (const std::string& value : field.constraints.enumeration)
      shown.choices.push_back({value, value});
  } else if (step_of<step::Amount>(fed.mapping) != nullptr) {
    shown.control = Control::amount;
  } else {
    shown.control = control_by_type(field);
  }
  if (shown.control != Control::yes_no) return;
  for (const auto* values : {&field.true_values, &field.false_values}) {
    if (!values->empty()) shown.choices.push_back({values->front(), values->front()});
  }
}

// Trimming and the like may let a longer text pass.
bool is_kept_as_typed(const Fed& fed) {
  return fed.mapping == nullptr || fed.mapping->steps.empty();
}

FormField shown_field(const std::string& column, const std::vector<Fed>& fed,
                      const record::TableSchema& schema) {
  const record::Field& first = *fed.front().field;
  FormField shown{.column = column,
                  .field = first.name,
                  .label = first.title.empty() ? first.name : first.title,
                  .help = first.description,
                  .check = first.check,
                  .prefill = first.keying.prefill};
  put_control(shown, fed.front());
  const bool is_text =
      first.type == record::FieldType::string && first.format != record::StringFormat::binary;
  if (is_text && is_kept_as_typed(fed.front())) shown.max_length = first.constraints.max_length;
  shown.sensitivity = record::Sensitivity::open;
  for (const Fed& one : fed) {
    const bool in_key =
        std::ranges::find(schema.primary_key, one.field->name) != schema.primary_key.end();
    shown.required = shown.required || in_key || one.field->constraints.required;
    shown.verify = std::max(shown.verify, one.field->keying.verify);
    shown.sensitivity = std::max(shown.sensitivity, one.field->sensitivity);
  }
  return shown;
}

}  // namespace

const FormField* Form::find(std::string_view column) const {
  for (const FormGroup& group : groups) {
    const auto found = std::ranges::find(group.fields, column, &FormField::column);
    if (found != group.fields.end()) return &*found;
  }
  return nullptr;
}

Form form_of(const record::Dataset& dataset, const intake::Mapping& mapping) {
  struct Placed {
    std::pair<std::size_t, std::size_t> order;  // then by the schema's
    std::string group;
    FormField field;
  };
  std::vector<Placed> placed;
  for (const std::string& column : intake::wanted_columns(dataset.schema, mapping)) {
    const std::vector<Fed> fed = fed_by(column, dataset.schema, mapping);
    placed.push_back({{fed.front().order, placed.size()},
                      fed.front().field->keying.group,
                      shown_field(column, fed, dataset.schema)});
  }
  std::ranges::sort(placed, {}, &Placed::order);
  Form form{dataset.id, dataset.title.empty() ? dataset.id.str() : dataset.title, {}};
  for (Placed& one : placed) {
    auto group = std::ranges::find(form.groups, one.group, &FormGroup::title);
    if (group == form.groups.end()) group = form.groups.insert(group, {one.group, {}});
    group->fields.push_back(std::move(one.field));
  }
  return form;
}

}  // namespace sluice::entry
