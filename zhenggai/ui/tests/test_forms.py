import pytest
from django import forms
from lxml import html


class Report(forms.Form):
    number = forms.IntegerField(label="完成数", help_text="累计")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲")], required=False)
    verdict = forms.ChoiceField(label="结论", choices=[("y", "同意"), ("n", "退回")], widget=forms.RadioSelect)
    truth = forms.BooleanField(label="属实")
    file = forms.FileField(label="文件", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        raise forms.ValidationError("本月已经封存")


@pytest.fixture
def sent():
    return Report({"number": "x", "kind": "a"})


@pytest.fixture
def field(shown, sent):
    def render(name, **context):
        source = '{% include "ui/_field.html" %}'
        return html.fragment_fromstring(shown(source, field=sent[name], **context), create_parent=True)

    return render


def test_label_above_and_required_in_words(field):
    label = field("number").find(".//label")
    assert label.get("for") == "id_number"
    assert label.text_content() == "完成数 必填\n"
    assert "必填" not in field("kind").text_content()
    assert "选填，不公开" in field("kind", need="选填，不公开").text_content()


def test_hint_and_error_are_tied_to_the_control(field):
    shown = field("number")
    control = shown.find(".//input")
    assert control.get("class") == "form-control is-invalid"
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-describedby") == "id_number_helptext id_number_error"
    assert shown.get_element_by_id("id_number_helptext").text_content() == "累计"
    assert shown.get_element_by_id("id_number_error").text_content()


def test_what_was_typed_is_not_lost(field):
    assert field("number").find(".//input").get("value") == "x"


def test_each_kind_of_control_has_its_class(field):
    assert field("kind").find(".//select").get("class") == "form-select"
    assert field("file").find(".//input").get("class") == "form-control"
    assert field("truth").find(".//input").get("class") == "form-check-input is-invalid"


def test_a_group_is_a_fieldset_with_its_legend(field):
    group = field("verdict").find("fieldset")
    assert group.get("id") == "id_verdict"
    assert group.find("legend").text_content().startswith("结论")
    assert group.get("aria-describedby") == "id_verdict_error"
    assert [label.text_content() for label in group.findall(".//label")] == ["同意", "退回"]
    assert all("form-check-input" in option.get("class") for option in group.findall(".//input"))


def test_a_hidden_field_is_only_itself(field):
    assert field("secret").find("input").get("type") == "hidden"


def test_errors_on_top_link_to_their_fields(shown, sent):
    top = html.fragment_fromstring(shown('{% include "ui/_errors.html" %}', form=sent))
    assert top.get("role") == "alert"
    assert "本月已经封存" in top.text_content()
    assert "有3处要改：完成数、结论、属实。已填的内容都在，文件要重新选。" in top.text_content()
    assert [link.get("href") for link in top.findall(".//a")] == ["#id_number", "#id_verdict", "#id_truth"]


def test_no_errors_show_nothing(shown):
    assert shown('{% include "ui/_errors.html" %}', form=Report()).strip() == ""
