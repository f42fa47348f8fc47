import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template.loader import render_to_string

from tests.theme.markup import Element, elements, ids


class WholeForm(forms.Form):
    """Every kind of field the pack knows."""

    name = forms.CharField(label="Nom", widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    email = forms.EmailField(label="Adresse électronique", help_text="Par exemple prenom.nom@exemple.fr")
    branch = forms.ChoiceField(
        label="Versant",
        choices=[("state", "État"), ("local", "Territoriale")],
        widget=forms.RadioSelect,
        help_text="Un",
    )
    region = forms.ChoiceField(label="Région", choices=[("", "Choisir"), ("11", "Île-de-France")])
    subjects = forms.MultipleChoiceField(
        label="Sujets", choices=[("data", "Données")], widget=forms.CheckboxSelectMultiple, required=False
    )
    text = forms.CharField(label="Message", widget=forms.Textarea, required=False)
    portrait = forms.FileField(label="Portrait", required=False, help_text="5 Mo au plus")
    agreed = forms.BooleanField(label="J’ai lu", help_text="C’est court")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.add_input(Submit("send", "S’inscrire"))
        return helper


class LinkForm(forms.Form):
    email = forms.EmailField(label="Adresse électronique")


class SearchForm(forms.Form):
    q = forms.CharField(label="Rechercher", required=False)
    day = forms.ChoiceField(label="Jour", choices=[("", "Tous")], required=False)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = "get"
        return helper


def control(html: str, name: str) -> Element:
    return next(element for element in elements(html) if element.attributes.get("name") == name)


def described_by(html: str) -> list[str]:
    return [name for element in elements(html) for name in element.attributes.get("aria-describedby", "").split()]


@pytest.fixture
def refused() -> str:
    form = WholeForm({"email": "camille", "token": "x"})
    form.add_error(None, "Cette séance est complète.")
    return render_crispy_form(form)


def test_every_field_has_a_label_or_a_legend():
    html = render_crispy_form(WholeForm())
    labelled = {element.attributes["for"] for element in elements(html, "label")}
    controls = [
        element
        for element in elements(html)
        if element.tag in ("input", "select", "textarea") and element.attributes.get("type") != "hidden"
    ]

    assert {element.attributes["id"] for element in controls} == labelled
    assert len(elements(html, "fieldset")) == len(elements(html, "legend")) == 2


def test_ids_are_unique_and_every_reference_leads_somewhere(refused):
    links = [element.attributes["href"][1:] for element in elements(refused, "a")]

    assert len(ids(refused)) == len(set(ids(refused)))
    assert set(described_by(refused)) <= set(ids(refused))
    assert set(links) <= set(ids(refused))
    assert links == ["id_name", "id_email", "id_branch_0", "id_region", "id_agreed"]


def test_a_refused_field_is_described_by_its_hint_then_its_error(refused):
    assert control(refused, "email").attributes["aria-describedby"] == "id_email_helptext id_email_error"
    assert control(refused, "email").attributes["aria-invalid"] == "true"
    assert control(refused, "name").attributes["aria-describedby"] == "id_name_error"
    assert control(refused, "agreed").attributes["aria-describedby"] == "id_agreed_helptext id_agreed_error"
    group = next(element for element in elements(refused, "fieldset") if element.attributes["id"] == "id_branch")
    assert group.attributes["aria-describedby"] == "id_branch_helptext id_branch_error"


def test_a_form_without_errors_describes_its_hints_only():
    html = render_crispy_form(WholeForm())

    assert "aria-invalid" not in html
    assert described_by(html) == [
        "id_email_helptext",
        "id_branch_helptext",
        "id_portrait_helptext",
        "id_agreed_helptext",
    ]
    assert "form-errors" not in ids(html)


def test_errors_are_summed_up_first_and_take_the_focus(refused):
    summary = next(element for element in elements(refused) if element.attributes.get("id") == "form-errors")

    assert "Le formulaire contient 6 erreurs. Corrigez-les pour continuer." in refused
    assert {"tabindex", "autofocus"} <= summary.attributes.keys()
    assert refused.index("form-errors") < refused.index("<form")
    assert refused.count("Cette séance est complète.") == 1
    assert "Adresse électronique\u00a0: Saisissez" in refused


def test_one_error_is_said_in_the_singular():
    assert "Le formulaire contient 1 erreur. Corrigez-la pour continuer." in render_crispy_form(LinkForm({"email": ""}))


def test_required_fields_are_told_in_words():
    assert "Sauf mention contraire, tous les champs sont obligatoires." in render_crispy_form(WholeForm())
    assert render_crispy_form(WholeForm()).count("(facultatif)") == 3
    assert "Adresse électronique (obligatoire)" in " ".join(render_crispy_form(LinkForm()).split())
    assert "obligatoire" not in render_crispy_form(SearchForm())
    assert "facultatif" not in render_crispy_form(SearchForm())


def test_what_was_typed_is_kept_as_text():
    html = render_crispy_form(WholeForm({"name": '"><script>alert(1)</script>', "email": "<b>"}))

    assert elements(html, "script") == []
    assert control(html, "name").attributes["value"] == '"><script>alert(1)</script>'


def test_the_browser_leaves_the_errors_to_the_page():
    form = elements(render_crispy_form(WholeForm()), "form")[0].attributes

    assert "novalidate" in form
    assert form["enctype"] == "multipart/form-data"
    assert form["method"] == "post"


def test_a_button_bears_the_classes_of_the_design_system_only():
    button = elements(render_crispy_form(WholeForm()), "button")[0].attributes

    assert button["class"].split() == ["fr-btn"]
    assert (button["type"], button["name"], button["value"]) == ("submit", "send", "S’inscrire")


def test_suggestions_of_a_field_are_its_datalist():
    class EmployerForm(forms.Form):
        employer = forms.CharField(label="Employeur")

    form = EmployerForm()
    form.fields["employer"].widget.datalist = ["Mairie d’Exemple", "Ministère <test>"]
    html = render_crispy_form(form)

    assert control(html, "employer").attributes["list"] == elements(html, "datalist")[0].attributes["id"]
    assert [option.attributes["value"] for option in elements(html, "option")] == [
        "Mairie d’Exemple",
        "Ministère <test>",
    ]


def test_layouts_group_fields():
    helper = FormHelper()
    helper.layout = Layout(Fieldset("Vous", Row("name", "email"), "branch"), "region", "agreed")
    html = render_crispy_form(WholeForm(), helper)

    assert "form-part__title" in html
    assert control(html, "email").attributes["id"] == "id_email"
    assert "Sauf mention contraire" in html


def test_a_page_with_a_refused_form_says_error_first_in_its_title():
    context = {"form": LinkForm({"email": ""}), "theme": "neutral"}

    assert "<title>Erreur\u00a0: Semaine de l’innovation publique</title>" in render_to_string("base.html", context)
    context["form"] = LinkForm()
    assert "<title>Semaine de l’innovation publique</title>" in render_to_string("base.html", context)
