#include "nodes/stream/accumulator.hpp"
#include "nodes/stream/json_view.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace sluice;

namespace {

std::string result(fold_operation operation, const std::vector<std::string>& values) {
  accumulator figure(operation);
  for (const auto& value : values)
    figure.add(as_number(json::parse(value)).value());
  return figure.result().dump();
}

/// The value of the rank that `percentile` promises.
double exact_percentile(std::vector<double> values, unsigned percent) {
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) * percent / 100];
}

void check_percentiles(const std::vector<double>& values) {
  quantile_sketch sketch;
  for (const double value : values)
    sketch.add(value);
  for (const unsigned percent : {0U, 1U, 25U, 50U, 75U, 95U, 99U, 100U}) {
    const double exact = exact_percentile(values, percent);
    const double allowed = std::abs(exact) * quantile_sketch::relative_error * 1.0001;
    BOOST_TEST(std::abs(sketch.percentile(percent) - exact) <= allowed,
               "p" << percent << " is " << sketch.percentile(percent) << ", exactly " << exact);
  }
}

/// Numbers that look random and are the same everywhere (the constants are Knuth's MMIX generator).
class generator {
public:
  double next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state_ >> 11U) * 0x1p-53;
  }

private:
  std::uint64_t state_ = 1;
};

} // namespace

BOOST_AUTO_TEST_SUITE(stream_accumulator)

BOOST_AUTO_TEST_CASE(every_operation_has_a_name) {
  const std::vector<std::string> expected{"count", "sum", "min", "max", "mean", "p50", "p95", "p99"};
  BOOST_TEST(fold_operation_names() == expected, boost::test_tools::per_element());
  for (const auto& name : expected)
    BOOST_TEST(to_string(parse_fold_operation(name)) == name);
  BOOST_CHECK_THROW((void)parse_fold_operation("median"), internal_error);
}

BOOST_AUTO_TEST_CASE(figures_of_whole_numbers) {
  const std::vector<std::string> values{"3", "-1", "10", "4"};
  BOOST_TEST(result(fold_operation::count, values) == "4");
  BOOST_TEST(result(fold_operation::sum, values) == "16");
  BOOST_TEST(result(fold_operation::min, values) == "-1");
  BOOST_TEST(result(fold_operation::max, values) == "10");
  BOOST_TEST(json::parse(result(fold_operation::mean, values)).dump() == json::parse("4.0").dump());
}

BOOST_AUTO_TEST_CASE(figures_of_mixed_numbers) {
  const std::vector<std::string> values{"1", "0.5", "2.25"};
  BOOST_TEST(result(fold_operation::sum, values) == "3.75");
  BOOST_TEST(result(fold_operation::min, values) == "0.5");
  BOOST_TEST(result(fold_operation::max, values) == "2.25");
  BOOST_TEST(result(fold_operation::mean, values) == "1.25");
}

BOOST_AUTO_TEST_CASE(without_a_value_count_and_sum_are_zero_and_the_rest_is_null) {
  BOOST_TEST(result(fold_operation::count, {}) == "0");
  BOOST_TEST(result(fold_operation::sum, {}) == "0");
  for (const auto operation :
       {fold_operation::min, fold_operation::max, fold_operation::mean, fold_operation::p99})
    BOOST_TEST(result(operation, {}) == "null");
}

BOOST_AUTO_TEST_CASE(whole_sums_and_extremes_are_exact_beyond_doubles) {
  BOOST_TEST(result(fold_operation::sum, {"9007199254740992", "1"}) == "9007199254740993");
  BOOST_TEST(result(fold_operation::max, {"9007199254740992", "9007199254740993"}) == "9007199254740993");
}

BOOST_AUTO_TEST_CASE(a_sum_beyond_63_bits_goes_on_as_a_double) {
  BOOST_TEST(std::stod(result(fold_operation::sum, {"9223372036854775807", "9223372036854775807"})) ==
             0x1p64);
  BOOST_TEST(std::stod(result(fold_operation::sum, {"18446744073709551615", "1"})) == 0x1p64);
  BOOST_TEST(result(fold_operation::sum, {"1e308", "1e308"}) == "null");
}

BOOST_AUTO_TEST_CASE(sums_of_fractions_are_compensated) {
  running_sum sum;
  for (int i = 0; i < 1'000'000; ++i)
    sum.add(number::of(0.1));
  BOOST_TEST(sum.total().real == 100'000.0);
  running_sum cancelling;
  for (const double value : {1.0, 1e100, 1.0, -1e100})
    cancelling.add(number::of(value));
  BOOST_TEST(cancelling.total().real == 2.0);
}

BOOST_AUTO_TEST_CASE(only_numbers_are_numbers) {
  for (const auto* wrong : {"null", "true", "\"1\"", "[1]", "{}"})
    BOOST_TEST(!as_number(json::parse(wrong)).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(percentiles_are_within_one_percent) {
  generator random;
  std::vector<double> even;
  std::vector<double> skewed;
  std::vector<double> both_signs;
  for (int i = 0; i < 20'000; ++i) {
    even.push_back(random.next() * 1000);
    skewed.push_back(std::exp(random.next() * 30 - 10));
    both_signs.push_back((random.next() - 0.5) * 1e6);
  }
  check_percentiles(even);
  check_percentiles(skewed);
  check_percentiles(both_signs);
  check_percentiles({1});
  check_percentiles({0, 0, 0, 5});
  check_percentiles({-3, -2, -1});
  check_percentiles({1e-320, 1e-299, 1, 1e299, 1.7e308});
}

BOOST_AUTO_TEST_CASE(the_rank_is_the_lower_of_two) {
  quantile_sketch sketch;
  for (const double value : {1.0, 2.0, 3.0, 4.0})
    sketch.add(value);
  BOOST_TEST(std::abs(sketch.percentile(50) - 2) < 0.02);
  BOOST_TEST(sketch.percentile(0) == 1);
  BOOST_TEST(sketch.percentile(100) == 4);
}

BOOST_AUTO_TEST_CASE(equal_values_are_exact) {
  BOOST_TEST(std::stod(result(fold_operation::p95, {"7", "7", "7"})) == 7);
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_and_high_percentiles_stay_good) {
  quantile_sketch sketch;
  std::vector<double> values;
  for (int i = 0; i < 30'000; ++i) {
    values.push_back(std::pow(10.0, -290 + (i % 15'000) * 0.038));
    sketch.add(values.back());
  }
  BOOST_TEST(sketch.buckets() <= quantile_sketch::bucket_limit);
  BOOST_TEST(sketch.count() == 30'000U);
  for (const unsigned percent : {97U, 99U}) {
    const double exact = exact_percentile(values, percent);
    BOOST_TEST(std::abs(sketch.percentile(percent) - exact) <= exact * 0.0101);
  }
}

BOOST_AUTO_TEST_CASE(key_texts_are_equal_exactly_when_jq_calls_the_values_equal) {
  const auto key = [](const char* source) { return key_text(json::parse(source)); };
  BOOST_TEST(key("1") == key("1.0"));
  BOOST_TEST(key("-0.0") == key("0"));
  BOOST_TEST(key("1e2") == key("100"));
  BOOST_TEST(key(R"({"a":1,"b":[2]})") == key(R"({"b":[2.0],"a":1})"));
  const std::vector<std::string> distinct{"null",
                                          "true",
                                          "false",
                                          "0",
                                          "1",
                                          "0.5",
                                          "\"\"",
                                          "\"1\"",
                                          "\"null\"",
                                          "[]",
                                          "[1]",
                                          "[[1]]",
                                          "[1,1]",
                                          "[11]",
                                          "[\"1\"]",
                                          "{}",
                                          "[{}]",
                                          R"({"a":1})",
                                          R"({"a":"1"})",
                                          R"(["a","b"])",
                                          R"(["a,b"])",
                                          R"(["ab"])",
                                          R"({"a":{}})",
                                          "\"[]\"",
                                          "9007199254740992",
                                          "9007199254740993",
                                          "18446744073709551615"};
  for (std::size_t i = 0; i < distinct.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      BOOST_TEST(key(distinct[i].c_str()) != key(distinct[j].c_str()), distinct[i] << " and " << distinct[j]);
}

BOOST_AUTO_TEST_SUITE_END()
