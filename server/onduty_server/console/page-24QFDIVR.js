import{C as a,D as e,Ga as t,R as n,b as s,ba as l,c as i,ca as u,d as o,ga as r,l as $,s as d,t as c,u as v}from"./chunk-RPKXKQOU.js";function m(){let a=n().signIn,m=o(!1),b=i(null);s(()=>{document.title=`${a.title} · onduty`,b.current?.focus()},[]);let y=async a=>{m.value=!0,await a(),m.value=!1},k=d.value?.issuer;return $`<main class="alone">
<div class="card narrow">
<${l} />
<h1 ref=${b} tabindex="-1">${a.title}</h1>
${c.value&&$`<${u} kind="warn">
<p>${a.why[c.value]}</p>
${v.value&&$`<p class="hint"><${r}>${v.value}<//></p>`}
<//>`}
${k&&$`<button type="button" class="primary wide" disabled=${m.value} onClick=${()=>y(e)}>
${a.at(new URL(k).host)}
</button>
<p class="hint">${a.atHint}</p>`}
${k?$`<details open=${"refused"===c.value}>
<summary>${a.byToken}</summary>
<${p} isBusy=${m.value} busily=${y} kind="" />
</details>`:$`<${p} isBusy=${m.value} busily=${y} kind="primary" />`}
<${t} />
</div>
</main>`}function p({isBusy:e,busily:t,kind:s}){let l=n().signIn,i=o("");return $`<form class="token-form" onSubmit=${async e=>{e.preventDefault();let n=new FormData(e.currentTarget).get("token")?.toString().trim()??"";i.value=n?"":l.empty,n&&await t(()=>a(n))}} novalidate>
<div class="field ${i.value?"wrong":""}">
<label for="token">${l.token}</label>
<input
id="token"
name="token"
type="password"
autocomplete="off"
spellcheck=${!1}
aria-describedby="token-hint"
aria-invalid=${i.value?"true":null}
/>
<p class=${i.value?"problem":"hint"} id="token-hint" role=${i.value?"alert":null}>
${i.value||l.hint}
</p>
</div>
<button type="submit" class="${s} wide" disabled=${e}>${l.submit}</button>
</form>`}export{m as SignIn};