// A licence as the worked example has it, its mapping and its code tables.
#pragma once

#include <string>
#include <vector>

#include "entry/form_checker.h"

namespace sluice::entry::test {

inline CodeTables code_tables() {
  CodeTables tables;
  tables.emplace("codes/type.csv", CodeTable({{"1100", "有限责任公司", {}},
                                              {"1130", "有限责任公司(自然人投资或控股)", {}},
                                              {"3500", "联营", {}}},
                                             PinyinReadings()));
  return tables;
}

struct LicenceDesk {
  record::Dataset dataset{
      .id = record::DatasetId("licence"),
      .owner = record::BureauId("industry-commerce"),
      .title = "企业设立登记",
      .schema = {.fields = {{.name = "name",
                             .title = "企业名称",
                             .description = "与营业执照一致，含括号",
                             .constraints = {.required = true, .max_length = 20},
                             .keying = {.group = "主体", .verify = record::Verify::sight}},
                            {.name = "code",
                             .title = "统一社会信用代码",
                             .constraints = {.required = true},
                             .check = record::Check::uscc,
                             .keying = {.group = "主体"}},
                            {.name = "citizen_id",
                             .title = "公民身份号码",
                             .constraints = {.required = true},
                             .check = record::Check::citizen_id,
                             .sensitivity = record::Sensitivity::personal,
                             .keying = {.group = "法定代表人", .verify = record::Verify::blind}},
                            {.name = "type",
                             .title = "企业类型",
                             .keying = {.group = "主体", .codes = "codes/type.csv"}},
                            {.name = "capital",
                             .type = record::FieldType::number,
                             .title = "注册资本",
                             .constraints = {.minimum = "1000"},
                             .keying = {.group = "注册", .verify = record::Verify::blind}},
                            {.name = "currency",
                             .title = "币种",
                             .constraints = {.enumeration = {"CNY", "USD"}}},
                            {.name = "scope", .constraints = {.max_length = 4000}},
                            {.name = "staff", .type = record::FieldType::integer}},
                 .primary_key = {"code"},
                 .fields_match = record::FieldsMatch::equal}};
  record::RecordChecker checker = record::RecordChecker::compile(dataset.schema).value();
  intake::Mapping mapping{
      .fields = {
          {.field = "name", .steps = {intake::step::Trim{}}},
          {.field = "code",
           .steps = {intake::step::HalfWidth{}, intake::step::Trim{}, intake::step::UpperCase{}}},
          {.field = "citizen_id",
           .steps = {intake::step::HalfWidth{}, intake::step::Trim{}, intake::step::UpperCase{}}},
          {.field = "capital",
           .steps = {intake::step::HalfWidth{}, intake::step::Trim{}, intake::step::Amount{}}},
          {.field = "currency",
           .from = "capital",
           .steps = {intake::step::HalfWidth{}, intake::step::Trim{}, intake::step::Currency{}}}}};
  CodeTables tables = code_tables();

  [[nodiscard]] KeyedDataset keyed(std::uint64_t max_row_bytes = 1 << 20) const {
    return {dataset,
            checker,
            mapping,
            tables,
            {dataset.id, record::sha256("schema"), record::Mode::manual_entry, false},
            max_row_bytes};
  }
  [[nodiscard]] FormChecker form_checker(std::uint64_t max_row_bytes = 1 << 20) const {
    return FormChecker::make(keyed(max_row_bytes)).value();
  }
};

inline adapters::manual_entry::KeyedForm good_form() {
  return {{{"name", " 北京海淀智芯科技有限公司"},
           {"code", "９１１１０１０８ma000016x0"},
           {"citizen_id", "11010519491231002x"},
           {"type", "1130 有限责任公司（自然人投资或控股）"},
           {"capital", "1,000 万元"},
           {"scope", ""}}};
}

inline adapters::manual_entry::KeyedForm with(adapters::manual_entry::KeyedForm form,
                                              const std::string& column, const std::string& text) {
  std::erase_if(form.fields, [&](const auto& field) { return field.column == column; });
  form.fields.push_back({column, text});
  return form;
}

}  // namespace sluice::entry::test
