// Reads a listing, line by line. The grammar is in docs/craft.md.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "craft/craft.h"
#include "craft/listing_line.h"

namespace rasp::craft {
namespace {

class Reader : private ListingLine {
 public:
  Reader(std::string_view text, Budget& budget) : s_(text), budget_(budget) {}

  Craft run() {
    for (std::size_t i = 0; i < s_.size();) {
      const std::size_t end = std::min(s_.find('\n', i), s_.size());
      open(s_, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(end));
      budget_.tick(static_cast<std::uint32_t>(line_.size()));
      if (line_.size() > 1) line();
      i = end + 1;
    }
    finish();
    return std::move(c_);
  }

 private:
  Stage stage() {
    if (word("end")) return -1;
    if (word("embeddings")) return 0;
    if (word("attention")) return 2 * count(0, most_layers - 1) + 1;
    if (word("mlp")) return 2 * count(0, most_layers - 1) + 2;
    bad(peek(), "A point of the forward pass is expected, not " + shown(peek()),
        "embeddings, attention L, mlp L, or end.");
  }

  void term(Sum& s, float w) {
    const Token at = peek();
    const std::string text = name();
    const auto it = directions_.find(text);
    if (it == directions_.end())
      bad(at, "There is no direction \"" + cut(text, 60) + "\"", "Directions are declared by the lines after a basis.");
    if (!used_.insert(it->second).second)
      bad(at, "The dimension of \"" + cut(text, 60) + "\" is named twice in one sum", "Add its weights up.");
    if (w != 0) s.terms.push_back({w, it->second, text});
  }
  void terms(Sum& s, float w) {
    do term(s, w);
    while (sign("+"));
    expect(")");
  }
  Sum sum(bool constants) {
    Sum s;
    used_.clear();
    float side = 1;  // of the sign before the term
    do {
      if (sign("(")) {
        terms(s, side);
        continue;
      }
      if (peek().kind != Token::Kind::Number) {
        term(s, side);
        continue;
      }
      const Token number = take();
      const float w = side * weight(number);
      if (sign("*")) {
        if (!sign("(")) {
          term(s, w);
          continue;
        }
        terms(s, w);
      } else {
        if (w == 0 && !std::signbit(w)) continue;
        if (!constants)
          bad(number, "A constant cannot stand here", "Only directions of the residual stream are written to.");
        if (s.constant) bad(number, "A second constant in one sum", "Add them up.");
        s.constant = w;
      }
    } while ((side = 1, sign("+")) || (side = -1, sign("-")));
    return s;
  }

  void line() {
    const Token first = take();
    if (!begun_) {
      if (first.text != "craft" || peek().text != "1")
        bad(first, "A listing begins with \"craft 1\"", "Write one with: plan FILE.");
      take();
      begun_ = true;
      return end_of_line();
    }
    if (first.kind == Token::Kind::Number) {
      at_ = 0;
      return directions();
    }
    using Method = void (Reader::*)(const Token&);
    static const std::map<std::string, Method> lines = {{"model", &Reader::model},
                                                        {"vocabulary", &Reader::vocabulary},
                                                        {"output", &Reader::output},
                                                        {"alternatives", &Reader::alternatives},
                                                        {"any_kind", &Reader::any_kind},
                                                        {"whole", &Reader::whole},
                                                        {"basis", &Reader::basis},
                                                        {"token", &Reader::token},
                                                        {"position", &Reader::position},
                                                        {"layer", &Reader::layer},
                                                        {"head", &Reader::head},
                                                        {"qk", &Reader::qk},
                                                        {"ov", &Reader::ov},
                                                        {"attention_adds", &Reader::attention_adds},
                                                        {"mlp", &Reader::mlp},
                                                        {"neuron", &Reader::neuron},
                                                        {"mlp_adds", &Reader::mlp_adds},
                                                        {"unembed", &Reader::unembed}};
    const auto it = first.kind == Token::Kind::Name ? lines.find(first.text) : lines.end();
    if (it == lines.end())
      bad(first, "A line cannot begin with " + shown(first),
          "The grammar of listings is in the documentation, \"Craft\".");
    if (first.text != "model" && c_.d_model == 0) bad(first, "The line \"model\" comes first");
    (this->*it->second)(first);
    end_of_line();
  }

  void model(const Token& at) {
    if (c_.d_model) bad(at, "A second line \"model\"");
    expect_word("d_model");
    c_.d_model = count(1, 1'000'000);
    expect_word("max_length");
    c_.max_length = count(1, static_cast<std::int32_t>(budget_.limits().input_tokens));
    c_.causal = word("causal");
  }
  void vocabulary(const Token& at) {
    c_.vocabulary = values();
    if (c_.vocabulary.empty()) bad(at, "The vocabulary is empty");
    if (c_.vocabulary.size() > budget_.limits().value_set)
      bad(at, "The vocabulary has more than " + std::to_string(budget_.limits().value_set) + " tokens");
    for (std::size_t i = 0; i < c_.vocabulary.size(); ++i)
      if (token_id(c_.vocabulary[i]) != i) bad(line_[i + 1], "A token is there twice");
  }
  std::size_t token_id(const Value& v) const {
    return static_cast<std::size_t>(
        std::find_if(c_.vocabulary.begin(), c_.vocabulary.end(), [&](const Value& x) { return identical(x, v); }) -
        c_.vocabulary.begin());
  }
  void output(const Token&) {
    c_.unembedding.categorical = word("categorical");
    if (!c_.unembedding.categorical) expect_word("numerical");
    const std::size_t begin = at_;
    c_.unembedding.values = values();
    if (c_.unembedding.categorical) return;
    double last = -HUGE_VAL;
    for (std::size_t i = 0; i < c_.unembedding.values.size(); ++i) {
      const Value& v = c_.unembedding.values[i];
      if (!v.is_number() || !(v.number() > last))
        bad(line_[begin + i], "The values of a numerical output are numbers in ascending order");
      last = v.number();
    }
  }
  void alternatives(const Token&) { c_.unembedding.alternatives = values(); }
  void any_kind(const Token&) { c_.unembedding.any_kind = true; }
  void whole(const Token& at) {
    if (c_.unembedding.categorical || !c_.unembedding.values.empty())
      bad(at, "Only a numerical output without a list of values can be \"whole\"");
    c_.unembedding.whole = true;
  }

  void basis(const Token&) {
    Basis b;
    const Token at = peek();
    b.name = name();
    if (!bases_.insert(b.name).second) bad(at, "There is a basis \"" + cut(b.name, 60) + "\" already");
    b.one_hot = word("one_hot");
    if (!b.one_hot) expect_word("number");
    if (word("of")) b.owner = text();
    expect_word("from");
    b.written = stage();
    if (word("to")) b.dead = stage();
    c_.bases.push_back(std::move(b));
  }
  void directions() {
    if (c_.bases.empty()) bad(peek(), "A direction belongs to a basis", "Write: basis NAME one_hot from embeddings.");
    while (peek().kind != Token::Kind::End) {
      Direction d;
      d.dimension = count(0, c_.d_model - 1);
      expect("=");
      const Token at = peek();
      d.name = name();
      if (!directions_.emplace(d.name, d.dimension).second)
        bad(at, "There is a direction \"" + cut(d.name, 60) + "\" already");
      c_.bases.back().directions.push_back(std::move(d));
    }
  }
  void token(const Token&) {
    TokenRow r;
    const Token at = peek();
    if (!word("BOS")) {
      r.token = value();
      if (token_id(*r.token) == c_.vocabulary.size()) bad(at, shown(at) + " is not in the vocabulary");
    }
    if (!tokens_.insert(r.token ? token_id(*r.token) : c_.vocabulary.size()).second)
      bad(at, "This token has a line already");
    expect("->");
    r.writes = sum(false);
    c_.tokens.push_back(std::move(r));
  }
  void position(const Token&) {
    const Token at = peek();
    PositionRow r{count(0, c_.max_length), {}};
    if (!positions_.insert(r.position).second) bad(at, "This position has a line already");
    expect("->");
    r.writes = sum(false);
    c_.positions.push_back(std::move(r));
  }
  void layer(const Token&) {
    const Token at = peek();
    if (static_cast<std::size_t>(count(0, most_layers - 1)) != c_.layers.size())
      bad(at, "Layer " + std::to_string(c_.layers.size()) + " is next");
    c_.layers.emplace_back();
  }
  Layer& here(const Token& at) {
    if (c_.layers.empty()) bad(at, "This belongs to a layer", "Write: layer 0.");
    return c_.layers.back();
  }
  void head(const Token& at) {
    Layer& l = here(at);
    if (!l.blocks.empty()) bad(at, "The heads of a layer come before its MLP");
    Head h;
    expect_word("d_head");
    h.d_head = count(1, 1'000'000);
    if (word("of")) h.owner = text();
    if (word("selects")) h.selector = text();
    l.heads.push_back(std::move(h));
    compared_.clear(), moved_.clear();
  }
  Head& this_head(const Token& at) {
    Layer& l = here(at);
    if (l.heads.empty()) bad(at, "This belongs to a head", "Write: head d_head 4.");
    return l.heads.back();
  }
  std::int32_t axis(const Head& h, std::set<std::int32_t>& taken) {
    const Token at = peek();
    const std::int32_t a = count(0, h.d_head - 1);
    if (!taken.insert(a).second)
      bad(at, "This axis has a line already", "Each axis of W_QK and of W_OV has one product.");
    expect(":");
    return a;
  }
  void qk(const Token& at) {
    Head& h = this_head(at);
    Comparison c;
    c.axis = axis(h, compared_);
    c.query = sum(true);
    expect("~");
    c.key = sum(true);
    h.comparisons.push_back(std::move(c));
  }
  void ov(const Token& at) {
    Head& h = this_head(at);
    Move m;
    m.axis = axis(h, moved_);
    m.reads = sum(true);
    expect("->");
    m.writes = sum(false);
    h.moves.push_back(std::move(m));
  }
  void attention_adds(const Token& at) { here(at).attention_adds = sum(false); }
  void mlp(const Token& at) {
    Layer& l = here(at);
    Block b;
    const Token kind = peek();
    b.how = name();
    static const std::set<std::string> kinds = {"lookup", "steps", "clean", "clear", "neurons"};
    if (!kinds.count(b.how))
      bad(kind, "There is no kind of MLP " + shown(kind), "lookup, steps, clean, clear or neurons.");
    if (word("of")) b.owner = text();
    l.blocks.push_back(std::move(b));
  }
  void neuron(const Token& at) {
    Layer& l = here(at);
    if (l.blocks.empty()) bad(at, "This belongs to an MLP", "Write: mlp neurons.");
    Neuron n;
    if (peek().kind == Token::Kind::Text) n.label = text();
    expect(":");
    expect_word("relu");
    expect("(");
    n.reads = sum(true);
    expect(")");
    expect("->");
    n.writes = sum(false);
    l.blocks.back().neurons.push_back(std::move(n));
  }
  void mlp_adds(const Token& at) { here(at).mlp_adds = sum(false); }
  void unembed(const Token&) {
    Unembedding& u = c_.unembedding;
    const std::size_t j = u.columns.size();
    const Token at = peek();
    if (!u.categorical) expect_word("number");
    else if (j >= u.values.size() || !identical(value(), u.values[j]))
      bad(at, j < u.values.size() ? "The value " + text_of(u.values[j]) + " is next" : "The output has no more values",
          "One line for each value of the line \"output\", in its order.");
    if (!u.categorical && j > 0) bad(at, "A numerical output has one line");
    expect(":");
    u.columns.push_back(sum(true));
  }

  void finish() {
    const Token at = Token{Token::Kind::End, "", static_cast<std::uint32_t>(s_.size() ? s_.size() - 1 : 0),
                           static_cast<std::uint32_t>(s_.size())};
    if (!begun_) bad(at, "A listing begins with \"craft 1\"", "Write one with: plan FILE.");
    if (!c_.d_model) bad(at, "The line \"model\" is missing", "Write: model d_model 8 max_length 5.");
    if (c_.vocabulary.empty()) bad(at, "The line \"vocabulary\" is missing", "Write: vocabulary \"a\" \"b\".");
    const Unembedding& u = c_.unembedding;
    const std::size_t wanted = u.categorical ? u.values.size() : 1;
    if (u.columns.size() != wanted)
      bad(at, "There are " + std::to_string(u.columns.size()) + " lines \"unembed\", not " + std::to_string(wanted),
          "One for each value of the output.");
  }

  static constexpr std::int32_t most_layers = 10'000;
  std::string_view s_;
  Budget& budget_;
  Craft c_;
  bool begun_ = false;
  std::set<std::string> bases_;
  std::map<std::string, std::int32_t> directions_;
  std::set<std::int32_t> used_, compared_, moved_, positions_;
  std::set<std::size_t> tokens_;
};

}  // namespace

std::optional<Craft> read(std::string_view listing, Diagnostics& diagnostics, Budget& budget) {
  try {
    if (!valid_utf8(listing)) bad_listing({0, 1, 0}, "The listing is not UTF-8", "Save it as UTF-8.");
    return Reader(listing, budget).run();
  } catch (const Rejection& r) {
    diagnostics.add(r.diagnostic);
    return std::nullopt;
  }
}

}  // namespace rasp::craft
