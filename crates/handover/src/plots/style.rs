/// Lengths of the page, in pixels.
pub(super) const WIDTH: f64 = 412.0;
/// Between the edge of a panel and what is in it.
pub(super) const PADDING: f64 = 24.0;

/// Colours and sizes, light and dark.
///
/// Colours are repeated instead of being kept in variables, which not every renderer knows.
pub(super) const STYLE: &str = "
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;\
font-size:12px;fill:#1d2329}
.page{fill:#f5f3ef}
.panel{fill:#fff;stroke:#e4e0d9}
.name{font-size:24px;font-weight:650}
.title{font-size:15px;font-weight:650}
.group{font-weight:600}
.note{fill:#5a646e}
.big{font-size:24px;font-weight:600;font-variant-numeric:tabular-nums}
.value,.tick{font-variant-numeric:tabular-nums}
.tick{fill:#5a646e;font-size:11px}
.grid{stroke:#e9e6e0;stroke-width:1}
.axis{stroke:#a9afb5;stroke-width:1}
.mean{stroke:#1d2329;stroke-width:1;stroke-dasharray:4 3}
.train,.one{fill:#2f6f9f}
.validation{fill:#cf8e2c}
.test{fill:#3a9183}
.gate{fill:#b9573f}
.corpus{fill:#7d5a94}
.kept{fill:#3a9183}
.rest{fill:#9aa3ab}
@media (prefers-color-scheme:dark){
text{fill:#e8ebee}
.page{fill:#101418}
.panel{fill:#191f24;stroke:#2b333a}
.note,.tick{fill:#9eaab4}
.grid{stroke:#272f36}
.axis{stroke:#5b6770}
.mean{stroke:#e8ebee}
.train,.one{fill:#6cafdd}
.validation{fill:#e5b460}
.test{fill:#68c3b4}
.gate{fill:#e3876e}
.corpus{fill:#b897d1}
.kept{fill:#68c3b4}
.rest{fill:#727d87}
}
";
